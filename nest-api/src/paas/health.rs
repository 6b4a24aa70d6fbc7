//! Whether a transcryptor is up: while it is down nobody waits for it, and one task asks when it is back.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::task::AbortHandle;

use super::pause::Pauses;

/// The first and the longest pause between two questions whether it is back.
const PAUSES: (Duration, Duration) = (Duration::from_millis(100), Duration::from_secs(5));

/// Whether one transcryptor is up. Dropping this ends the task that asks for it.
pub(super) struct Health {
    name: String,
    state: Arc<Mutex<State>>,
}

struct State {
    up: bool,
    /// The task that asks, while it is down.
    asking: Option<AbortHandle>,
}

impl Health {
    /// Of a transcryptor that is taken to be up until it fails.
    pub(super) fn new(name: String) -> Self {
        Self { name, state: Arc::new(Mutex::new(State { up: true, asking: None })) }
    }

    pub(super) fn name(&self) -> &str {
        &self.name
    }

    pub(super) fn is_up(&self) -> bool {
        lock(&self.state).up
    }

    /// Says that it is down, and asks with `is_back` until it is not.
    pub(super) fn down<F, Fut>(&self, is_back: F)
    where
        F: Fn() -> Fut + Send + 'static,
        Fut: Future<Output = bool> + Send,
    {
        let mut state = lock(&self.state);
        if state.up {
            tracing::warn!(transcryptor = self.name, "a transcryptor is down");
        }
        state.up = false;
        self.ask(&mut state, is_back);
    }

    /// Whether it is up. Where it is not, sees to it that somebody asks: the runtime of the task that did may
    /// have ended.
    pub(super) fn check<F, Fut>(&self, is_back: F) -> bool
    where
        F: Fn() -> Fut + Send + 'static,
        Fut: Future<Output = bool> + Send,
    {
        let mut state = lock(&self.state);
        if !state.up {
            self.ask(&mut state, is_back);
        }
        state.up
    }

    fn ask<F, Fut>(&self, state: &mut State, is_back: F)
    where
        F: Fn() -> Fut + Send + 'static,
        Fut: Future<Output = bool> + Send,
    {
        if state.asking.as_ref().is_some_and(|task| !task.is_finished()) {
            return;
        }
        let (name, shared) = (self.name.clone(), Arc::clone(&self.state));
        let task = tokio::spawn(async move {
            let mut pauses = Pauses::new(PAUSES.0, PAUSES.1);
            loop {
                tokio::time::sleep(pauses.steady()).await;
                if is_back().await {
                    break;
                }
            }
            // In one step, so that whoever finds it down also finds somebody asking.
            let mut state = lock(&shared);
            state.up = true;
            state.asking = None;
            tracing::info!(transcryptor = name, "a transcryptor is up again");
        });
        state.asking = Some(task.abort_handle());
    }
}

impl Drop for Health {
    fn drop(&mut self) {
        if let Some(task) = lock(&self.state).asking.take() {
            task.abort();
        }
    }
}

/// Each change is one assignment, so a lock that was held by a panic holds nothing half done.
fn lock(state: &Mutex<State>) -> MutexGuard<'_, State> {
    state.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

    use super::*;

    async fn until(condition: impl Fn() -> bool) {
        let waited = async {
            while !condition() {
                tokio::time::sleep(Duration::from_millis(5)).await;
            }
        };
        tokio::time::timeout(Duration::from_secs(20), waited).await.unwrap();
    }

    #[tokio::test]
    async fn one_task_asks_until_it_is_back() {
        let (asked, back) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicBool::new(false)));
        let is_back = {
            let (asked, back) = (Arc::clone(&asked), Arc::clone(&back));
            move || {
                asked.fetch_add(1, Ordering::Relaxed);
                let back = back.load(Ordering::Relaxed);
                async move { back }
            }
        };
        let health = Health::new("one".to_owned());
        assert!(health.check(is_back.clone()) && health.is_up());

        for _ in 0..100 {
            health.down(is_back.clone());
            assert!(!health.check(is_back.clone()) && !health.is_up());
        }
        until(|| asked.load(Ordering::Relaxed) == 1).await;
        assert!(!health.is_up());
        back.store(true, Ordering::Relaxed);
        until(|| health.is_up()).await;
        // The others would have asked within this time too.
        tokio::time::sleep(PAUSES.0).await;
        assert!(asked.load(Ordering::Relaxed) <= 3);

        back.store(false, Ordering::Relaxed);
        health.down(is_back.clone());
        assert!(!health.is_up());
        back.store(true, Ordering::Relaxed);
        until(|| health.is_up()).await;
    }

    #[tokio::test]
    async fn nobody_asks_for_what_is_gone() {
        let alive = Arc::new(());
        let health = Health::new("one".to_owned());
        let held = Arc::clone(&alive);
        health.down(move || {
            let _held = &held;
            async { false }
        });
        assert_eq!(Arc::strong_count(&alive), 2);
        drop(health);
        until(|| Arc::strong_count(&alive) == 1).await;
    }

    #[test]
    fn another_runtime_asks_on_when_the_first_has_ended() {
        let runtime = || tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap();
        let health = Health::new("one".to_owned());
        let first = runtime();
        first.block_on(async { health.down(|| async { true }) });
        drop(first);
        runtime().block_on(async {
            tokio::time::sleep(2 * PAUSES.0).await;
            assert!(!health.check(|| async { true }));
            until(|| health.is_up()).await;
        });
    }
}

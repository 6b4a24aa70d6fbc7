//! Whether a transcryptor is up. While it is down, requests do not wait for it, and one task asks until it is back.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::task::AbortHandle;

use super::pause::Pauses;

/// The first and the longest pause between two questions whether it is back.
const PAUSES: (Duration, Duration) = (Duration::from_millis(100), Duration::from_secs(5));

/// Asks whether a transcryptor is back. The task that asks owns it.
pub(super) trait Ask: Clone + Send + Sync + 'static {
    fn is_back(&self) -> impl Future<Output = bool> + Send;
}

/// Whether one transcryptor is up. Dropping this ends the task that asks.
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
    /// The health of a transcryptor that counts as up until it fails.
    pub(super) fn new(name: String) -> Self {
        Self { name, state: Arc::new(Mutex::new(State { up: true, asking: None })) }
    }

    pub(super) fn name(&self) -> &str {
        &self.name
    }

    pub(super) fn is_up(&self) -> bool {
        lock(&self.state).up
    }

    /// Notes that it is down, and asks until it is up.
    pub(super) fn down(&self, whom: &impl Ask) {
        let mut state = lock(&self.state);
        if state.up {
            tracing::warn!(transcryptor = self.name, "a transcryptor is down");
        }
        state.up = false;
        self.ask(&mut state, whom);
    }

    /// Whether it is up. If not, it makes sure that a task asks, because the runtime of an earlier task may have
    /// ended.
    pub(super) fn check(&self, whom: &impl Ask) -> bool {
        let mut state = lock(&self.state);
        if !state.up {
            self.ask(&mut state, whom);
        }
        state.up
    }

    fn ask(&self, state: &mut State, whom: &impl Ask) {
        if state.asking.as_ref().is_some_and(|task| !task.is_finished()) {
            return;
        }
        let (name, shared, whom) = (self.name.clone(), Arc::clone(&self.state), whom.clone());
        let task = tokio::spawn(async move {
            let mut pauses = Pauses::new(PAUSES.0, PAUSES.1);
            loop {
                tokio::time::sleep(pauses.steady()).await;
                if whom.is_back().await {
                    break;
                }
            }
            // Both change in one step. A caller that finds it down also finds a task that asks.
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

    #[derive(Clone, Default)]
    struct Someone {
        asked: Arc<AtomicUsize>,
        back: Arc<AtomicBool>,
    }

    impl Ask for Someone {
        async fn is_back(&self) -> bool {
            self.asked.fetch_add(1, Ordering::Relaxed);
            self.back.load(Ordering::Relaxed)
        }
    }

    #[tokio::test]
    async fn one_task_asks_until_it_is_back() {
        let (health, someone) = (Health::new("one".to_owned()), Someone::default());
        assert!(health.check(&someone) && health.is_up());

        for _ in 0..100 {
            health.down(&someone);
            assert!(!health.check(&someone) && !health.is_up());
        }
        until(|| someone.asked.load(Ordering::Relaxed) == 1).await;
        assert!(!health.is_up());
        someone.back.store(true, Ordering::Relaxed);
        until(|| health.is_up()).await;
        // Other tasks would have asked within this time too.
        tokio::time::sleep(PAUSES.0).await;
        assert!(someone.asked.load(Ordering::Relaxed) <= 3);

        someone.back.store(false, Ordering::Relaxed);
        health.down(&someone);
        assert!(!health.is_up());
        someone.back.store(true, Ordering::Relaxed);
        until(|| health.is_up()).await;
    }

    #[tokio::test]
    async fn nobody_asks_for_what_is_gone() {
        let (health, someone) = (Health::new("one".to_owned()), Someone::default());
        health.down(&someone);
        assert_eq!(Arc::strong_count(&someone.asked), 2);
        drop(health);
        until(|| Arc::strong_count(&someone.asked) == 1).await;
    }

    #[test]
    fn another_runtime_asks_on_when_the_first_has_ended() {
        let runtime = || tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap();
        let (health, someone) = (Health::new("one".to_owned()), Someone::default());
        someone.back.store(true, Ordering::Relaxed);
        let first = runtime();
        first.block_on(async { health.down(&someone) });
        drop(first);
        runtime().block_on(async {
            tokio::time::sleep(2 * PAUSES.0).await;
            assert!(!health.check(&someone));
            until(|| health.is_up()).await;
        });
    }
}

//! The one session that all requests share. The first request starts it.

use nest_core::{Session, SessionIds, TranscryptionError};
use std::sync::atomic::{AtomicU64, Ordering};
use tokio::sync::Mutex;

/// The session in use, if any.
///
/// The lock is held while a session is started, so that no second one is started. It is never held while
/// transcrypting.
#[derive(Default)]
pub(super) struct Current {
    state: Mutex<State>,
    /// How often a start has failed. A request reads it before and after waiting, and so sees whether the start that
    /// it waited for has failed.
    failures: AtomicU64,
}

#[derive(Default)]
struct State {
    session: Option<Session>,
    failure: Option<TranscryptionError>,
}

impl Current {
    /// The session, or else what `start` makes. It is not the one that was `lost`, if one was.
    ///
    /// A request that waits for the start of another shares its outcome, also where it failed. Otherwise each would
    /// in turn wait for a transcryptor that does not answer.
    pub(super) async fn get(
        &self,
        lost: Option<&SessionIds>,
        start: impl Future<Output = Result<Session, TranscryptionError>>,
    ) -> Result<Session, TranscryptionError> {
        let failures = self.failures.load(Ordering::Acquire);
        let mut state = self.state.lock().await;
        match &state.session {
            Some(session) if Some(session.ids()) != lost => return Ok(session.clone()),
            _ => {}
        }
        if let Some(failure) = state.failure
            && self.failures.load(Ordering::Acquire) != failures
        {
            return Err(failure);
        }
        match start.await {
            Ok(session) => {
                state.failure = None;
                Ok(state.session.insert(session).clone())
            }
            Err(failure) => {
                state.failure = Some(failure);
                self.failures.fetch_add(1, Ordering::Release);
                Err(failure)
            }
        }
    }

    /// The session, which is then no longer in use.
    pub(super) async fn take(&self) -> Option<Session> {
        self.state.lock().await.session.take()
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use std::sync::Arc;
    use std::time::Duration;

    use nest_core::{InProcess, Transcryption};
    use tokio::task::JoinSet;

    use super::*;

    async fn another() -> Session {
        InProcess::new(1).session().await.unwrap()
    }

    /// Ten who ask at once, and how often a session was started for them.
    async fn ten(
        current: &Arc<Current>,
        lost: Option<SessionIds>,
        outcome: Result<Session, TranscryptionError>,
    ) -> (Vec<Result<Session, TranscryptionError>>, u64) {
        let starts = Arc::new(AtomicU64::new(0));
        let mut asking = JoinSet::new();
        for _ in 0..10 {
            let (current, starts) = (Arc::clone(current), Arc::clone(&starts));
            let (lost, outcome) = (lost.clone(), outcome.clone());
            asking.spawn(async move {
                let start = async {
                    starts.fetch_add(1, Ordering::Relaxed);
                    tokio::time::sleep(Duration::from_millis(50)).await;
                    outcome
                };
                current.get(lost.as_ref(), start).await
            });
        }
        (asking.join_all().await, starts.load(Ordering::Relaxed))
    }

    #[tokio::test(flavor = "current_thread")]
    async fn those_who_ask_at_once_share_one_start() {
        let (current, session) = (Arc::new(Current::default()), another().await);
        let (got, starts) = ten(&current, None, Ok(session.clone())).await;
        assert_eq!(starts, 1);
        assert!(got.iter().all(|got| got.as_ref().unwrap().ids() == session.ids()));

        // Lost, and started again once.
        let next = another().await;
        let (got, starts) = ten(&current, Some(session.ids().clone()), Ok(next.clone())).await;
        assert_eq!(starts, 1);
        assert!(got.iter().all(|got| got.as_ref().unwrap().ids() == next.ids()));

        // A request that comes late with the old session gets the new one.
        let (_, starts) = ten(&current, Some(session.ids().clone()), Err(TranscryptionError::Denied)).await;
        assert_eq!(starts, 0);
    }

    #[tokio::test(flavor = "current_thread")]
    async fn those_who_wait_share_a_failure_too_and_the_next_tries_again() {
        let current = Arc::new(Current::default());
        for _ in 0..2 {
            let (got, starts) = ten(&current, None, Err(TranscryptionError::Unavailable)).await;
            assert_eq!(starts, 1);
            assert!(got.iter().all(|got| got.as_ref().err() == Some(&TranscryptionError::Unavailable)));
        }
        let (got, starts) = ten(&current, None, Ok(another().await)).await;
        assert!(starts == 1 && got.iter().all(Result::is_ok));
    }

    #[tokio::test(flavor = "current_thread")]
    async fn what_was_taken_is_started_anew() {
        let current = Arc::new(Current::default());
        assert!(current.take().await.is_none());
        let session = current.get(None, async { Ok(another().await) }).await.unwrap();
        assert_eq!(current.take().await.unwrap().ids(), session.ids());
        let next = current.get(None, async { Ok(another().await) }).await.unwrap();
        assert_ne!(next.ids(), session.ids());
    }

    #[tokio::test(flavor = "current_thread")]
    async fn a_start_that_is_given_up_holds_up_nobody() {
        let current = Arc::new(Current::default());
        let given_up = current.get(None, std::future::pending());
        assert!(tokio::time::timeout(Duration::from_millis(10), given_up).await.is_err());
        let session = current.get(None, async { Ok(another().await) });
        assert!(tokio::time::timeout(Duration::from_secs(10), session).await.unwrap().is_ok());
    }
}

//! Whether repetitions are forgotten before their time. For the operator.

use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use crate::server::metrics::Metrics;

/// For how long `/ready` says so after it has last happened.
const SAID_FOR: Duration = Duration::from_secs(10 * 60);

/// How often a line in the log says so.
const WARN_EVERY: Duration = Duration::from_secs(60);

/// Counts what is forgotten early.
#[derive(Debug)]
pub(crate) struct Forgetting {
    metrics: Metrics,
    times: Mutex<Times>,
}

#[derive(Debug, Default)]
struct Times {
    last: Option<Instant>,
    warned: Option<Instant>,
}

impl Forgetting {
    pub(crate) fn new(metrics: Metrics) -> Self {
        Self { metrics, times: Mutex::default() }
    }

    /// Counts an answer that was forgotten before its time, because its caller has used up its quota.
    pub(super) fn early(&self, caller: &str) {
        self.metrics.forgotten_early();
        let mut times = self.times.lock().unwrap_or_else(PoisonError::into_inner);
        let now = Instant::now();
        times.last = Some(now);
        if times.warned.is_none_or(|warned| now.duration_since(warned) >= WARN_EVERY) {
            times.warned = Some(now);
            let message = "a caller writes more than is kept for repetitions: its oldest answers are forgotten early, \
                           and a repetition of such a write would be carried out again";
            tracing::warn!(caller, message);
        }
    }

    /// How many requests are known.
    pub(super) fn known(&self, requests: usize) {
        self.metrics.set_repetitions_known(requests);
    }

    /// Whether this has happened lately.
    pub(crate) fn is_early(&self) -> bool {
        let times = self.times.lock().unwrap_or_else(PoisonError::into_inner);
        times.last.is_some_and(|last| last.elapsed() < SAID_FOR)
    }
}

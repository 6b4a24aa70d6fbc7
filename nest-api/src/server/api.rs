//! All that the handlers of one data source share.

use std::sync::Arc;
use std::time::Duration;

use nest_core::Domain;
use nest_source::Repetitions;
use nest_source::call::Pace;
use tokio::sync::Semaphore;

use crate::server::audit::AuditLog;
use crate::server::caller::Callers;
use crate::server::metrics::Metrics;

/// One data source, ready to be asked.
pub(crate) struct Api<S, T> {
    pub(crate) source: Arc<S>,
    pub(crate) transcryption: Arc<T>,
    pub(crate) domains: Vec<Domain>,
    pub(crate) callers: Callers,
    pub(crate) limits: Limits,
    pub(crate) audit: Option<AuditLog>,
    pub(crate) repetitions: Arc<dyn Repetitions>,
    pub(crate) metrics: Metrics,
    /// One place for each request that is being answered.
    pub(crate) places: Arc<Semaphore>,
    /// One place for each refusal that is written to the audit log. Refusals beyond that leave no line, so that
    /// whoever may do nothing cannot fill the log and the disk's time.
    pub(crate) refusals: Semaphore,
}

/// How much one request may take, and how many there may be.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Limits {
    pub(crate) body_bytes: usize,
    pub(crate) records: usize,
    /// How many values may lie within each other in a body of JSON.
    pub(crate) depth: usize,
    pub(crate) requests_at_once: usize,
    /// For the body to arrive.
    pub(crate) body_time: Duration,
    /// For all that comes before the answer is sealed.
    pub(crate) request_time: Duration,
    pub(crate) pace: Pace,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            body_bytes: 32 * 1024 * 1024,
            records: 10_000,
            depth: 64,
            requests_at_once: 32,
            body_time: Duration::from_secs(30),
            request_time: Duration::from_secs(120),
            pace: Pace::default(),
        }
    }
}

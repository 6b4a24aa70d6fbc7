//! What the handlers of one data source share.

use std::sync::Arc;
use std::time::Duration;

use nest_core::Domain;
use nest_source::Repetitions;
use nest_source::call::Pace;
use tokio::sync::Semaphore;

use crate::server::audit::AuditLog;
use crate::server::callers::caller::Callers;
use crate::server::connection::ConnectionLimits;
use crate::server::idempotency::Forgetting;
use crate::server::metrics::Metrics;
use crate::server::quota::memory::Memory;
use crate::server::quota::shares::Shares;

/// One data source, ready to be asked.
pub(crate) struct Api<S, T> {
    pub(crate) source: Arc<S>,
    pub(crate) transcryption: Arc<T>,
    pub(crate) domains: Vec<Domain>,
    pub(crate) callers: Callers,
    pub(crate) limits: Limits,
    pub(crate) audit: Option<AuditLog>,
    pub(crate) repetitions: Arc<dyn Repetitions>,
    /// Whether repetitions are forgotten before their time.
    pub(crate) forgetting: Arc<Forgetting>,
    pub(crate) metrics: Metrics,
    /// The places for requests, and each caller's share.
    pub(crate) shares: Shares,
    /// The bytes that are under way.
    pub(crate) memory: Arc<Memory>,
    /// How many connections a server that runs alone may have.
    pub(crate) connections: ConnectionLimits,
    /// One place for each refusal that is written to the audit log. Further refusals leave no line, so that a caller
    /// without rights cannot fill the log or keep the disk busy.
    pub(crate) refusals: Semaphore,
}

/// How much one request may take, and how many there may be.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Limits {
    pub(crate) body_bytes: usize,
    pub(crate) records: usize,
    /// How deep values may be nested in a body of JSON.
    pub(crate) depth: usize,
    pub(crate) requests_at_once: usize,
    /// The bytes of requests and answers that may be under way. [`bytes_in_flight`](Self::bytes_in_flight) says how
    /// many where it is not set.
    pub(crate) bytes_in_flight: Option<usize>,
    /// For the body to arrive.
    pub(crate) body_time: Duration,
    /// For all that comes before the answer is sealed.
    pub(crate) request_time: Duration,
    pub(crate) pace: Pace,
}

impl Limits {
    /// How many bytes of requests and answers may be under way: four of the largest requests. A caller with its full
    /// share then leaves room for a request of another.
    pub(crate) fn bytes_in_flight(&self) -> usize {
        self.bytes_in_flight.unwrap_or_else(|| self.body_bytes.saturating_mul(4).max(BYTES_IN_FLIGHT))
    }
}

/// The bytes that may be under way where nothing is set.
const BYTES_IN_FLIGHT: usize = 128 * 1024 * 1024;

impl Default for Limits {
    fn default() -> Self {
        Self {
            body_bytes: 32 * 1024 * 1024,
            records: 10_000,
            depth: 64,
            requests_at_once: 32,
            bytes_in_flight: None,
            body_time: Duration::from_secs(30),
            request_time: Duration::from_secs(120),
            pace: Pace::default(),
        }
    }
}

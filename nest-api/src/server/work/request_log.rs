//! What is kept of each request: a line in the audit log, numbers, and an event for whoever traces.

use std::io;
use std::time::Instant;

use nest_core::Domain;

use crate::operation::{PARTICIPANTS, Route};
use crate::problem::Code;
use crate::server::audit::{AuditLog, Begun, CallerName, Reservation};
use crate::server::metrics::{InFlight, Metrics};
use crate::server::receive::guard::Admitted;

/// The outcome of a request that was answered.
pub(crate) const OK: &str = "ok";

/// The outcome of a request that was answered before, and was given the same answer again.
pub(crate) const REPEATED: &str = "repeated";

/// The entry of one request, from before it does anything until it has its outcome.
pub(crate) struct RequestLog {
    route: Route,
    begun: Instant,
    metrics: Metrics,
    _in_flight: InFlight,
    line: Option<Reservation>,
    records: usize,
    failed: usize,
}

impl RequestLog {
    /// Opens an entry. Where there is an audit log without room for it, the request must not begin.
    pub(crate) async fn open(
        audit: Option<&AuditLog>,
        metrics: &Metrics,
        route: Route,
        admitted: &Admitted,
    ) -> Result<Self, Code> {
        let begun = Instant::now();
        let in_flight = metrics.in_flight();
        let line = match audit {
            None => None,
            Some(audit) => {
                let line = Begun {
                    request: admitted.request_id,
                    caller: CallerName::new(admitted.caller.name()).ok_or(Code::Internal)?,
                    operation: route.operation().as_str(),
                    activity: Some(route.subject()).filter(|subject| *subject != PARTICIPANTS),
                };
                let audit = audit.clone();
                let reserved = tokio::task::spawn_blocking(move || audit.reserve(line));
                Some(reserved.await.map_err(|_| Code::Internal)?.map_err(|error| unavailable(&error))?)
            }
        };
        let metrics = metrics.clone();
        Ok(Self { route, begun, metrics, _in_flight: in_flight, line, records: 0, failed: 0 })
    }

    /// The transcryptors have taken the records. Not sooner: until then the name of the domain is whatever the
    /// caller wrote there. A batch of none goes to no transcryptor, so its domain is not noted.
    pub(crate) fn opened(&mut self, from: &Domain, records: usize) {
        self.records = records;
        if let Some(line) = self.line.as_mut().filter(|_| records > 0) {
            line.opened(from, records);
        }
    }

    /// So many of them were answered with an error.
    pub(crate) fn failed(&mut self, failed: usize) {
        self.failed = failed;
    }

    /// Closes the entry. Where its line cannot be written, the request has failed.
    pub(crate) async fn close(self, outcome: &'static str) -> Result<(), Code> {
        let Self { route, begun, metrics, _in_flight, line, records, failed } = self;
        let seconds = begun.elapsed().as_secs_f64();
        // Records of a request that failed as a whole, or was answered before, are not answered now.
        let answered = if outcome == OK { (records, failed) } else { (0, 0) };
        metrics.request(
            route.operation().as_str(),
            route.subject(),
            outcome,
            answered.0,
            answered.1,
            seconds,
        );
        tracing::info!(outcome, records, failed, seconds, "answered");
        match line {
            None => Ok(()),
            Some(line) => {
                let written = tokio::task::spawn_blocking(move || line.write(outcome, failed));
                written.await.map_err(|_| Code::Internal)?.map_err(|error| unavailable(&error))
            }
        }
    }
}

fn unavailable(error: &io::Error) -> Code {
    tracing::error!(%error, "the audit log cannot be written");
    Code::AuditUnavailable
}

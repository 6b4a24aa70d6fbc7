//! The log of one request: a line in the audit log, metrics, and an event for traces.

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

/// The outcome of a request that was given an earlier answer again.
pub(crate) const REPEATED: &str = "repeated";

/// The entry of one request, from its beginning until its outcome.
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
    /// Opens an entry. A request must not begin where the audit log has no room for it.
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

    /// Notes the domain and the number of the records, after the transcryptors have taken them. Before that, the
    /// caller may have written any name of a domain. A batch without records goes to no transcryptor, so its domain
    /// is not noted.
    pub(crate) fn opened(&mut self, from: &Domain, records: usize) {
        self.records = records;
        if let Some(line) = self.line.as_mut().filter(|_| records > 0) {
            line.opened(from, records);
        }
    }

    /// Notes how many records were answered with an error.
    pub(crate) fn failed(&mut self, failed: usize) {
        self.failed = failed;
    }

    /// Closes the entry. The request has failed where its line cannot be written.
    pub(crate) async fn close(self, outcome: &'static str) -> Result<(), Code> {
        let Self { route, begun, metrics, _in_flight, line, records, failed } = self;
        let seconds = begun.elapsed().as_secs_f64();
        // Records are counted only where they are answered now.
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

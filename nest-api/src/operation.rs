//! The paths of operations, for routing, rights, the API description, the client and tests.

pub(crate) use nest_source::PARTICIPANTS;
pub use nest_source::{Mode, Operation};

/// One route of a data source: its subject, its operation, and its mode.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Route {
    subject: &'static str,
    operation: Operation,
    mode: Mode,
}

/// The header by which a repetition of a request that writes is recognised, after
/// [draft-ietf-httpapi-idempotency-key-header](https://datatracker.ietf.org/doc/draft-ietf-httpapi-idempotency-key-header/).
pub(crate) const IDEMPOTENCY_KEY: &str = "idempotency-key";

/// Where the routes begin.
pub(crate) const BASE: &str = "/api/v1";

/// The subject of a request whose subject is not known, in logs and metrics.
pub(crate) const UNKNOWN: &str = "unknown";

impl Route {
    /// `subject` is a checked path segment.
    pub(crate) const fn new(subject: &'static str, operation: Operation, mode: Mode) -> Self {
        Self { subject, operation, mode }
    }

    /// The name of the activity, or `participants`.
    pub fn subject(self) -> &'static str {
        self.subject
    }

    /// The operation.
    pub fn operation(self) -> Operation {
        self.operation
    }

    /// Whether it takes one item or many.
    pub fn mode(self) -> Mode {
        self.mode
    }

    /// The whole path, from `/api/v1`.
    pub fn path(self) -> String {
        format!("{BASE}{}", self.path_below_base())
    }

    pub(crate) fn path_below_base(self) -> String {
        let Self { subject, operation, mode } = self;
        let batch = match mode {
            Mode::Single => "",
            Mode::Batch => "_batch",
        };
        if subject == PARTICIPANTS {
            format!("/{PARTICIPANTS}/{operation}{batch}")
        } else {
            format!("/activities/{subject}/{operation}{batch}")
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn every_route_has_a_path_of_its_own() {
        let mut paths = HashSet::new();
        for (subject, operations) in [(PARTICIPANTS, Operation::OF_PARTICIPANTS), ("walk", Operation::ALL)] {
            for operation in operations {
                for mode in Mode::ALL {
                    assert!(paths.insert(Route::new(subject, *operation, mode).path()));
                }
            }
        }
        assert_eq!(paths.len(), 20);
        assert!(paths.contains("/api/v1/activities/walk/results_batch"));
    }
}

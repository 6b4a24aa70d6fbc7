//! The paths of operations: one table for routing, rights, the API description, the client and tests.

pub(crate) use nest_source::PARTICIPANTS;
pub use nest_source::{Mode, Operation};

/// One route of a data source: about what, which operation, and how many at once.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Route {
    subject: &'static str,
    operation: Operation,
    mode: Mode,
}

/// The header by which a repetition of a request that writes is known, after
/// [draft-ietf-httpapi-idempotency-key-header](https://datatracker.ietf.org/doc/draft-ietf-httpapi-idempotency-key-header/).
pub(crate) const IDEMPOTENCY_KEY: &str = "idempotency-key";

/// Where the routes begin.
pub(crate) const BASE: &str = "/api/v1";

/// In the place of the subject of a request whose subject is not known, in logs and numbers.
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

    /// What it does.
    pub fn operation(self) -> Operation {
        self.operation
    }

    /// How many items it takes.
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

    /// A number of 15 bits for subject and operation, sealed with each item: what was asked of one route is not
    /// answered by another. The lowest three bits are the operation; the others a hash of the subject's name.
    pub(crate) const fn code(self) -> u16 {
        subject_code(self.subject) << 3 | self.operation.code() as u16
    }
}

/// The number of 12 bits that stands for an activity, or for participants: the highest of the name's FNV-1a hash
/// of 64 bits. Where two activities of one source have the same, the source is not built.
#[allow(clippy::indexing_slicing, reason = "constants cannot iterate, and the index is below the length")]
pub(crate) const fn subject_code(name: &str) -> u16 {
    let bytes = name.as_bytes();
    let mut hash: u64 = 0xcbf2_9ce4_8422_2325;
    let mut i = 0;
    while i < bytes.len() {
        hash = (hash ^ bytes[i] as u64).wrapping_mul(0x0100_0000_01b3);
        i += 1;
    }
    (hash >> 52) as u16
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn every_route_has_a_path_of_its_own_and_every_operation_a_code() {
        let (mut paths, mut codes) = (HashSet::new(), HashSet::new());
        for (subject, operations) in [(PARTICIPANTS, Operation::OF_PARTICIPANTS), ("walk", Operation::ALL)] {
            for operation in operations {
                assert!(codes.insert(Route::new(subject, *operation, Mode::Single).code()));
                for mode in Mode::ALL {
                    assert!(paths.insert(Route::new(subject, *operation, mode).path()));
                }
            }
        }
        assert_eq!((paths.len(), codes.len()), (20, 10));
        assert!(codes.iter().all(|code| *code < 1 << 15));
        assert!(paths.contains("/api/v1/activities/walk/results_batch"));
    }
}

//! The operations and their paths: one table for routing, rights, the API description, the client and tests.

use std::fmt;

/// What a caller can ask for, about participants or about an activity.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Operation {
    /// Registers a participant, or gives a record of an activity to one.
    Create,
    /// Asks for what was given.
    Read,
    /// Replaces what was given.
    Update,
    /// Removes what was given.
    Delete,
    /// Asks how far a participant is. Of activities only.
    Progress,
    /// Asks for one outcome of a participant. Of activities only.
    Results,
}

impl Operation {
    /// All operations of an activity.
    pub const ALL: &'static [Operation] = &[
        Operation::Create,
        Operation::Read,
        Operation::Update,
        Operation::Delete,
        Operation::Progress,
        Operation::Results,
    ];

    /// All operations about participants.
    pub const OF_PARTICIPANTS: &'static [Operation] =
        &[Operation::Create, Operation::Read, Operation::Update, Operation::Delete];

    /// The name, as it stands in paths, rights and logs.
    pub const fn as_str(self) -> &'static str {
        match self {
            Operation::Create => "create",
            Operation::Read => "read",
            Operation::Update => "update",
            Operation::Delete => "delete",
            Operation::Progress => "progress",
            Operation::Results => "results",
        }
    }

    /// The operation of this name.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|operation| operation.as_str() == name)
    }

    /// Whether it changes something at the source.
    pub const fn writes(self) -> bool {
        matches!(self, Operation::Create | Operation::Update | Operation::Delete)
    }

    /// Whether it is one of `operations`, in a constant.
    pub(crate) const fn is_in(self, operations: &[Operation]) -> bool {
        let mut rest = operations;
        while let [first, others @ ..] = rest {
            if *first as u8 == self as u8 {
                return true;
            }
            rest = others;
        }
        false
    }
}

impl fmt::Display for Operation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// Whether a route takes one item or many. What travels is the same.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Mode {
    /// Exactly one item. It is encrypted like a batch, and hides nobody.
    Single,
    /// Any number of items up to the limit.
    Batch,
}

impl Mode {
    /// Both.
    pub const ALL: [Mode; 2] = [Mode::Single, Mode::Batch];
}

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

/// The subject of the routes about participants, in the place of an activity.
pub(crate) const PARTICIPANTS: &str = "participants";

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
        subject_code(self.subject) << 3 | self.operation as u16
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

/// The check in each method of a source that nobody has written: it fails to compile where the operation is
/// declared.
#[allow(clippy::panic, reason = "this is how a constant refuses to compile")]
pub(crate) const fn must_be_written(declared: &[Operation], operation: Operation) {
    if operation.is_in(declared) {
        panic!(
            "an operation is listed in `PARTICIPANTS` or `OPERATIONS` but its method is not written: write the method, or take the operation from the list"
        );
    }
}

/// Whether an activity's name is the word that stands for participants.
pub(crate) const fn is_participants(name: &str) -> bool {
    matches!(name.as_bytes(), b"participants")
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

    #[test]
    fn names_come_back() {
        for operation in Operation::ALL {
            assert_eq!(Operation::parse(operation.as_str()), Some(*operation));
        }
        assert_eq!(Operation::parse("drop"), None);
        assert!(Operation::Read.is_in(Operation::OF_PARTICIPANTS));
        assert!(!Operation::Progress.is_in(Operation::OF_PARTICIPANTS));
    }
}

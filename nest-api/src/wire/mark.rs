//! The mark of a route in each of its items. So an item of one route is not taken for an item of another.

use nest_core::schema::Schema;
use sha2::{Digest, Sha256};

use crate::operation::{Operation, Route};

/// The bits of an operation's number in a mark.
pub(crate) const OPERATION_BITS: u32 = 6;

/// The bits of a mark.
pub(crate) const MARK_BITS: u32 = 24 + OPERATION_BITS;

/// A number of 30 bits that is sealed in each item. The lowest six bits are the operation. The others are the first
/// 24 of a SHA-256 hash of the activity's name and of the meaning of the record that the route is about. So two ends
/// whose labels or ranges differ have other marks, even if a message claims otherwise.
///
/// The hash covers the length of the name in eight bytes with the highest first, the name, and the 16 bytes of the
/// [meaning fingerprint](Schema::meaning_fingerprint).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) struct Mark(u32);

impl Mark {
    /// The mark of a route about such records.
    pub(crate) fn new(route: Route, about: &'static Schema) -> Self {
        Self::of(route.subject(), route.operation(), about)
    }

    pub(crate) fn of(subject: &str, operation: Operation, about: &'static Schema) -> Self {
        let mut hasher = Sha256::new();
        hasher.update((subject.len() as u64).to_be_bytes());
        hasher.update(subject);
        hasher.update(about.meaning_fingerprint().to_bytes());
        let hash: [u8; 32] = hasher.finalize().into();
        let [first, second, third, ..] = hash;
        Self(u32::from_be_bytes([0, first, second, third]) << OPERATION_BITS | u32::from(operation.code()))
    }

    /// The number.
    pub(crate) const fn bits(self) -> u32 {
        self.0
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use nest_core::prelude::*;

    use super::*;
    use crate::operation::{Mode, PARTICIPANTS};

    #[derive(PepRecord)]
    #[pep(max_blocks = 1)]
    struct Points {
        #[pep(range = 0..=100)]
        points: u8,
    }

    /// As many blocks and the same names, another range.
    #[derive(PepRecord)]
    #[pep(max_blocks = 1)]
    struct MorePoints {
        #[pep(range = 0..=120)]
        points: u8,
    }

    #[test]
    fn subject_operation_and_meaning_make_the_mark_and_the_mode_does_not() {
        let mut marks = HashSet::new();
        for schema in [Points::SCHEMA, MorePoints::SCHEMA] {
            for subject in [PARTICIPANTS, "walk", "wave-1", "wave-2"] {
                for operation in Operation::ALL {
                    let [single, batch] =
                        Mode::ALL.map(|mode| Mark::new(Route::new(subject, *operation, mode), schema));
                    assert_eq!(single, batch);
                    assert!(single.bits() < 1 << MARK_BITS);
                    assert!(marks.insert(single), "{subject} {operation}");
                }
            }
        }
        assert_eq!(Points::SCHEMA.shape_fingerprint(), MorePoints::SCHEMA.shape_fingerprint());
    }
}

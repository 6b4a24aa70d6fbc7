//! What a source found: a whole record, or one of which some people are erased.

use std::fmt;

/// A record that was found: whole, or without some of the people in it.
///
/// A source that erases people may still hold records that name several, of which one is gone. It says so instead of
/// making somebody up: see [`Serves::find`](crate::Serves::find).
#[derive(Clone, PartialEq)]
#[non_exhaustive]
pub enum Found<R> {
    /// All of it.
    Whole(R),
    /// Some of the people in it are erased. Nobody is erased where `erased` is empty: then it is whole.
    Partly {
        /// The record. What stands in it for an erased person is not sent: take
        /// [`Pseudonym::random`](nest_core::Pseudonym::random).
        record: R,
        /// Whose pseudonyms are erased.
        erased: Slots,
    },
}

impl<R> Found<R> {
    /// The record, as far as it is there.
    pub fn record(&self) -> &R {
        match self {
            Found::Whole(record) | Found::Partly { record, .. } => record,
        }
    }

    /// The record, as far as it is there.
    pub fn into_record(self) -> R {
        match self {
            Found::Whole(record) | Found::Partly { record, .. } => record,
        }
    }

    /// Who of it is erased.
    pub fn erased(&self) -> Slots {
        match self {
            Found::Whole(_) => Slots::NONE,
            Found::Partly { erased, .. } => *erased,
        }
    }
}

impl<R> From<R> for Found<R> {
    fn from(record: R) -> Self {
        Found::Whole(record)
    }
}

impl<R> fmt::Debug for Found<R> {
    /// Shows who is erased, never the record.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Found::Whole(_) => f.write_str("Whole(…)"),
            Found::Partly { erased, .. } => {
                f.debug_struct("Partly").field("erased", erased).finish_non_exhaustive()
            }
        }
    }
}

/// A set of the places for pseudonyms in a record.
///
/// The slots of a record are its pseudonyms in the order of the declaration, numbered from 0; of a list each place
/// counts, and of a record within the record each of its pseudonyms. There may be more than 64 in a record, but only
/// the first 64 can be said to be erased.
///
/// ```
/// use nest_source::Slots;
///
/// let erased = Slots::NONE.with(1).unwrap();
/// assert!(erased.contains(1) && !erased.contains(0));
/// assert_eq!(erased.iter().collect::<Vec<_>>(), [1]);
/// assert_eq!(Slots::NONE.with(64), None);
/// ```
#[derive(Clone, Copy, PartialEq, Eq, Default)]
pub struct Slots(u64);

impl Slots {
    /// How many slots can be told.
    pub const MOST: usize = 64;

    /// None of them.
    pub const NONE: Self = Self(0);

    /// These and one more; `None` where it is beyond the first 64.
    #[must_use]
    pub const fn with(self, slot: usize) -> Option<Self> {
        if slot < Self::MOST { Some(Self(self.0 | 1 << slot)) } else { None }
    }

    /// Whether the slot is one of them.
    pub const fn contains(self, slot: usize) -> bool {
        slot < Self::MOST && self.0 >> slot & 1 == 1
    }

    /// Whether there is none.
    pub const fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// How many there are.
    pub const fn len(self) -> usize {
        self.0.count_ones() as usize
    }

    /// Each of them, in ascending order.
    pub fn iter(self) -> impl Iterator<Item = usize> {
        (0..Self::MOST).filter(move |slot| self.contains(*slot))
    }

    /// The slots of these bits, the lowest for slot 0.
    pub const fn from_bits(bits: u64) -> Self {
        Self(bits)
    }

    /// One bit for each slot, the lowest for slot 0.
    pub const fn bits(self) -> u64 {
        self.0
    }
}

impl fmt::Debug for Slots {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.iter()).finish()
    }
}

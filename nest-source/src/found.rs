//! What a source found: a whole record, or a record in which some people are erased.

use std::fmt;

/// A record that was found: whole, or without some of the people in it.
///
/// A source that erases people may still hold records that name several people, one of them erased. It says so here:
/// see [`Serves::find`](crate::Serves::find).
#[derive(Clone, PartialEq)]
#[non_exhaustive]
pub enum Found<R> {
    /// The whole record.
    Whole(R),
    /// Some of the people in it are erased. With an empty `erased` it is a whole record.
    Partly {
        /// The record. Put [`Pseudonym::random`](nest_core::Pseudonym::random) in the place of each erased person.
        /// That pseudonym is not sent.
        record: R,
        /// The slots of the erased pseudonyms.
        erased: Slots,
    },
}

impl<R> Found<R> {
    /// The record, without the people who are erased.
    pub fn record(&self) -> &R {
        match self {
            Found::Whole(record) | Found::Partly { record, .. } => record,
        }
    }

    /// The record, without the people who are erased.
    pub fn into_record(self) -> R {
        match self {
            Found::Whole(record) | Found::Partly { record, .. } => record,
        }
    }

    /// The slots of the erased people.
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
    /// Shows the erased slots, never the record.
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
/// The slots of a record are its pseudonyms in the order of the declaration, numbered from 0. Each place of a list
/// counts, and so does each pseudonym of an inner record. A record may have more than 64 slots, but only the first 64
/// can be named as erased.
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
    /// How many slots can be named.
    pub const MOST: usize = 64;

    /// None of them.
    pub const NONE: Self = Self(0);

    /// These slots and one more; `None` beyond the first 64.
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

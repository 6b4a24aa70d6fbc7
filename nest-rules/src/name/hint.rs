//! What a name says, and for fields of what type that is refused.

use crate::message as say;
use crate::rule::Rule;

/// What a field's name says about its content.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Hint {
    /// An identifier that others may know: `pupil_id`, `email`, `surname`.
    Identifier,
    /// Who somebody is, in words: `mentor`, `created_by`.
    Name,
    /// A moment: `created_at`, `timestamp`.
    Moment,
    /// A moment or a duration: `visit_time`.
    Time,
    /// When somebody was born: `born`.
    Birth,
    /// The day on which somebody was born: `birth_date`.
    BirthDay,
}

/// What a type can hold, as far as it matters for what its name says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Holds {
    /// Text, or a list of texts.
    Text,
    /// Numbers.
    Number {
        /// The identifying bits of all items together.
        bits: u32,
        /// Those of one item.
        each: u32,
    },
    /// A coarse time.
    Time {
        /// The identifying bits of all items together.
        bits: u32,
        /// Whether it is as fine as a day.
        day: bool,
    },
    /// Flags, enums and records.
    Parts {
        /// Their identifying bits together.
        bits: u32,
    },
    /// A pseudonym, which identifies by design, and differs for every receiver.
    Pseudonym,
}

/// A field named like an identifier or a moment may hold this much: a school's number, a day within a century.
const SMALL_BITS: u32 = 16;

/// A field that may be a duration or a moment: with fewer values, Unix seconds end before 2004.
const DURATION_BITS: u32 = 30;

/// The days of a month. As many values say nothing without month and year.
const DAY_BITS: u32 = 5;

impl Hint {
    /// The rule that a field of this name and type breaks, and the sentence to say; `None` where it breaks none.
    pub const fn refusal(self, holds: Holds) -> Option<(Rule, &'static str)> {
        let message = match (self, holds) {
            (Hint::Identifier | Hint::Name, Holds::Text) => say::GLOBAL_TEXT,
            (Hint::Identifier, Holds::Number { bits, .. } | Holds::Time { bits, .. })
                if bits > SMALL_BITS =>
            {
                say::GLOBAL_NAME
            }
            (Hint::Identifier, Holds::Parts { bits }) if bits > SMALL_BITS => say::GLOBAL_PARTS,
            (Hint::Birth | Hint::BirthDay, Holds::Text | Holds::Time { day: true, .. }) => say::TIME_BIRTH,
            (Hint::BirthDay, Holds::Number { each, .. }) if each > DAY_BITS => say::TIME_BIRTH,
            (Hint::Birth | Hint::BirthDay, Holds::Number { bits, .. } | Holds::Parts { bits })
                if bits > SMALL_BITS =>
            {
                say::TIME_BIRTH
            }
            (Hint::Moment | Hint::Time, Holds::Text) => say::TIME_NAME,
            (Hint::Moment, Holds::Number { bits, .. } | Holds::Parts { bits }) if bits > SMALL_BITS => {
                say::TIME_NAME
            }
            (Hint::Time, Holds::Number { each, .. }) if each > DURATION_BITS => say::TIME_NAME,
            (Hint::Time, Holds::Parts { bits }) if bits > DURATION_BITS => say::TIME_NAME,
            _ => return None,
        };
        let rule = match self {
            Hint::Identifier | Hint::Name => Rule::GlobalIdentifier,
            Hint::Moment | Hint::Time | Hint::Birth | Hint::BirthDay => Rule::PreciseTime,
        };
        Some((rule, message))
    }
}

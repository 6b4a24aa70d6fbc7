//! Coarse time: years, months, weeks, days, hours and times of day, where a precise moment would single a person out.
//!
//! Each type is a count of its unit since a fixed epoch, and reads and writes the text of ISO 8601. Its field
//! declares the first and the last value: `#[pep(range = "2020-01"..="2035-12")]`.

use std::fmt;
use std::str::FromStr;

use crate::declare::attributes::{self, Declaration, Kind};
use crate::declare::field::{Codec, PepField, Reader, Writer, by_codec};
use crate::declare::scalar::{decode_integer, encode_integer};
pub use crate::declare::schema::TimeUnit;
use crate::declare::schema::Type;
use crate::encode::plaintext::{Opened, Plaintext};
use crate::error::{DecodeError, EncodeError, EncodeFault};

/// A text is no time of that unit.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct TimeError {
    unit: TimeUnit,
}

impl fmt::Display for TimeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "expected a time like {}", self.unit.example())
    }
}

/// The same sentence as `Display`: a `main` that returns the error prints `Debug`.
impl fmt::Debug for TimeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl std::error::Error for TimeError {}

macro_rules! coarse_times {
    ($($(#[$doc:meta])* $name:ident;)*) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub struct $name(i64);

        impl $name {
            /// The unit.
            pub const UNIT: TimeUnit = TimeUnit::$name;

            /// The unit that a moment falls in, given in seconds since 1 January 1970 (UTC).
            pub const fn from_unix_seconds(seconds: i64) -> Self {
                Self(Self::UNIT.from_unix_seconds(seconds))
            }

            /// The time with this count since the unit's epoch: see [`TimeUnit`].
            pub const fn from_count(count: i64) -> Self {
                Self(count)
            }

            /// The count since the unit's epoch: see [`TimeUnit`].
            pub const fn count(self) -> i64 {
                self.0
            }
        }

        impl FromStr for $name {
            type Err = TimeError;

            fn from_str(text: &str) -> Result<Self, TimeError> {
                Self::UNIT.parse(text).map(Self).ok_or(TimeError { unit: Self::UNIT })
            }
        }

        /// The text of [`Display`](fmt::Display): `2024-05`, where a count would say nothing.
        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                fmt::Display::fmt(self, f)
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&Self::UNIT.format(self.0))
            }
        }

        impl Codec for $name {
            const KIND: Kind = Kind::Time(TimeUnit::$name);

            fn encode(&self, ty: &Type, out: &mut Plaintext) -> Result<(), EncodeError> {
                encode_integer(self.0.into(), ty, out).map_err(|error| match *ty {
                    Type::Time { unit, min, max } => {
                        EncodeFault::TimeOutOfRange { min: unit.format(min), max: unit.format(max) }.into()
                    }
                    _ => error,
                })
            }

            fn decode(blocks: &[Opened], ty: &Type) -> Result<Self, DecodeError> {
                decode_integer(blocks, ty).map(Self)
            }
        }

        impl<D: Declaration> PepField<D> for $name {
            const TYPE: Type = attributes::time_type(&D::DECLARED, TimeUnit::$name);

            by_codec!();
        }
    )*};
}

coarse_times! {
    /// A calendar year: `#[pep(range = 2015..=2035)] year: Year`, text `2024`.
    Year;
    /// A calendar month: `#[pep(range = "2020-01"..="2035-12")]`, text `2024-05`.
    Month;
    /// A week of ISO 8601: `#[pep(range = "2020-W01"..="2035-W52")]`, text `2024-W12`.
    IsoWeek;
    /// A day: `#[pep(range = "2020-01-01"..="2035-12-31")]`, text `2024-03-15`.
    Day;
    /// An hour in UTC: `#[pep(range = "2024-01-01T00"..="2024-12-31T23")]`, text `2024-03-15T14`.
    Hour;
    /// A time of day in minutes, without a date: `#[pep(range = "06:00"..="22:30")]`, text `07:45`. Without a `range` it is
    /// any time of the day. It has no time zone: it is the time that a clock on the wall shows.
    TimeOfDay;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn known_times_have_their_text() {
        // 15 March 2024, 14:32:17 UTC.
        let seconds = 1_710_513_137;
        assert_eq!(Year::from_unix_seconds(seconds).to_string(), "2024");
        assert_eq!(Month::from_unix_seconds(seconds).to_string(), "2024-03");
        assert_eq!(IsoWeek::from_unix_seconds(seconds).to_string(), "2024-W11");
        assert_eq!(Day::from_unix_seconds(seconds).to_string(), "2024-03-15");
        assert_eq!(Hour::from_unix_seconds(seconds).to_string(), "2024-03-15T14");
        assert_eq!(TimeOfDay::from_unix_seconds(seconds).to_string(), "14:32");
        assert_eq!("07:45".parse::<TimeOfDay>().map(TimeOfDay::count), Ok(465));
        assert_eq!(format!("{:?}", Some(Month::from_unix_seconds(seconds))), "Some(2024-03)");
        assert_eq!(format!("{:?}", Hour::from_unix_seconds(seconds)), "2024-03-15T14");
        // The first days of a year may lie in the last week of the year before, and the other way round.
        assert_eq!(IsoWeek::from_unix_seconds(1_609_459_200).to_string(), "2020-W53");
        assert_eq!(IsoWeek::from_unix_seconds(1_735_603_200).to_string(), "2025-W01");
    }
}

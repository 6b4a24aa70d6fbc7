//! Why a sum was not planned or not computed. No message carries a value of a record.

use std::fmt;

use nest_core::{DecodeError, EncodeError};
use nest_release::{BoundsError, Bucket, Refused, TallyError};

/// Why a sum was not planned or not computed.
///
/// No variant carries a value of a record, and none tells a number of people that is below a minimum.
#[derive(Debug)]
#[non_exhaustive]
pub enum SumError {
    /// The field has no bounds to sum within.
    Bounds(BoundsError),
    /// The field was not declared for this use.
    Undeclared {
        /// The field.
        field: String,
        /// The use that is missing: `sum` or `group_by`.
        uses: &'static str,
    },
    /// Nothing was asked, or one thing twice.
    Items(&'static str),
    /// The sum could reach 2^63. Nothing was sent.
    CouldOverflow {
        /// What was to be summed.
        item: String,
        /// The parties.
        parties: usize,
        /// The most records of one party.
        max_records: u64,
    },
    /// The parties are fewer than the protocol needs.
    TooFewParties {
        /// How many there are, or are left.
        parties: usize,
        /// How many it takes.
        least: usize,
    },
    /// The terms cannot be met.
    Terms(&'static str),
    /// A party has more records than the terms allow.
    TooManyRecords {
        /// The most that they allow.
        max_records: u64,
    },
    /// Some people have more than one record, and would count more than once.
    Repeated {
        /// How many people have more than one.
        people: u64,
    },
    /// A record has a value that was not declared.
    Record(EncodeError),
    /// A record could not be read.
    Unreadable(DecodeError),
    /// A message of a party is not what the protocol expects.
    Party {
        /// The party.
        party: String,
        /// What is wrong with its message.
        fault: &'static str,
    },
    /// The total is not one that the declared bounds allow: a party did not keep to the protocol.
    Impossible,
    /// Fewer reports were accepted than an aggregator asks for.
    Expired {
        /// How many were accepted, coarsely.
        have: Bucket,
    },
    /// A report came after its batch was released.
    Late,
    /// The release policy refused the total.
    Refused(Refused),
    /// The messages did not get through, or the run ended.
    Run(String),
}

impl fmt::Display for SumError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            SumError::Bounds(error) => error.fmt(f),
            SumError::Undeclared { field, uses } => {
                write!(f, "field `{field}` is not declared for this use: add `{uses}` to the field's uses")
            }
            SumError::Items(message) | SumError::Terms(message) => f.write_str(message),
            SumError::CouldOverflow { item, parties, max_records } => write!(
                f,
                "`{item}` of {parties} parties with up to {max_records} records each could reach 2^63: \
                 lower `max_records`, or narrow the range of the field; nothing was sent"
            ),
            SumError::TooFewParties { parties, least } => {
                write!(f, "{parties} parties are too few: the sum needs at least {least}")
            }
            SumError::TooManyRecords { max_records } => {
                write!(f, "more records than the terms of the run allow: at most {max_records}")
            }
            SumError::Repeated { people } => write!(
                f,
                "{people} people have more than one record, and a sum counts each person once: \
                 combine their records first; nothing was sent"
            ),
            SumError::Record(error) => error.fmt(f),
            SumError::Unreadable(error) => error.fmt(f),
            SumError::Party { party, fault } => write!(f, "`{party}` {fault}"),
            SumError::Impossible => f.write_str(
                "the total lies outside what the declared bounds allow: a party did not keep to the protocol",
            ),
            SumError::Expired { have } => {
                write!(f, "too few reports were accepted ({have}): the batch stays open until the run ends")
            }
            SumError::Late => f.write_str("the batch was released: no further report is accepted"),
            SumError::Refused(refused) => refused.fmt(f),
            SumError::Run(message) => f.write_str(message),
        }
    }
}

impl std::error::Error for SumError {}

impl From<BoundsError> for SumError {
    fn from(error: BoundsError) -> Self {
        Self::Bounds(error)
    }
}

impl From<EncodeError> for SumError {
    fn from(error: EncodeError) -> Self {
        Self::Record(error)
    }
}

impl From<DecodeError> for SumError {
    fn from(error: DecodeError) -> Self {
        Self::Unreadable(error)
    }
}

impl From<Refused> for SumError {
    fn from(refused: Refused) -> Self {
        Self::Refused(refused)
    }
}

/// What a total cannot be, as an aggregate.
impl From<TallyError> for SumError {
    fn from(_: TallyError) -> Self {
        Self::Impossible
    }
}

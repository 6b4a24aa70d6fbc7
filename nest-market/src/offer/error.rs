//! Why something about an offer was refused.

use std::fmt;

use super::OfferState;
use crate::account::AccountError;
use crate::database::DatabaseError;
use crate::money::LedgerError;
use crate::people::PeopleError;
use crate::query::{PlanError, QueryError};

/// Why something about an offer was refused.
#[derive(Debug)]
#[non_exhaustive]
pub enum OfferError {
    /// There is no such offer, or it is somebody else's.
    NotFound,
    /// It cannot happen in the state that the offer is in.
    State(OfferState),
    /// The decision names other terms than the offer has.
    OtherTerms,
    /// The window is closed.
    Closed,
    /// The evaluation has begun: it is too late to withdraw.
    TooLate,
    /// The key was used for another offer.
    KeyReused,
    /// The market has no such payment method, or it does not take this price.
    Payment,
    /// The money comes from outside: it is funded when the receipt arrives.
    AwaitingReceipt,
    /// The query has a mistake.
    Query(QueryError),
    /// The query and the interval do not fit together.
    Plan(PlanError),
    /// Something is not as it must be.
    Invalid(&'static str),
    /// The account is refused something.
    Account(AccountError),
    /// The books refuse.
    Ledger(LedgerError),
    /// People's data cannot be read.
    People(PeopleError),
    /// The budget cannot be read.
    Budget(nest_release::StorageError),
    /// The database failed.
    Database(DatabaseError),
}

impl fmt::Display for OfferError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            OfferError::NotFound => f.write_str("there is no such offer"),
            OfferError::State(state) => write!(f, "this cannot be done: the offer is {}", state.as_str()),
            OfferError::OtherTerms => {
                f.write_str("the offer has other terms than those that were read: read them again")
            }
            OfferError::Closed => f.write_str("the window to decide is closed"),
            OfferError::TooLate => f.write_str("it is too late: the evaluation has begun"),
            OfferError::KeyReused => f.write_str("this key was used for another offer"),
            OfferError::Payment => f.write_str("the market does not take this payment for this price"),
            OfferError::AwaitingReceipt => {
                f.write_str("the offer is funded as soon as the payment's receipt arrives")
            }
            OfferError::Query(error) => error.fmt(f),
            OfferError::Plan(error) => error.fmt(f),
            OfferError::Invalid(what) => f.write_str(what),
            OfferError::Account(error) => error.fmt(f),
            OfferError::Ledger(error) => error.fmt(f),
            OfferError::People(error) => error.fmt(f),
            OfferError::Budget(error) => error.fmt(f),
            OfferError::Database(error) => error.fmt(f),
        }
    }
}

impl std::error::Error for OfferError {}

macro_rules! from {
    ($($from:ty => $variant:ident),*) => {$(
        impl From<$from> for OfferError {
            fn from(error: $from) -> Self {
                OfferError::$variant(error)
            }
        }
    )*};
}

from!(AccountError => Account, LedgerError => Ledger, PeopleError => People, QueryError => Query, PlanError => Plan,
    DatabaseError => Database, nest_release::StorageError => Budget);

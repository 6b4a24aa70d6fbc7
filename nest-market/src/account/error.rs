//! Why an account was refused something, in words that tell nothing about others.

use std::fmt;

use crate::database::DatabaseError;

/// Why an account was refused something.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum AccountError {
    /// The name is unknown or the password is wrong; the answer does not say which.
    Denied,
    /// There is no such thing, or it belongs to somebody else.
    NotFound,
    /// The name is taken.
    Taken,
    /// Something is not as it must be.
    Invalid(&'static str),
    /// Too many tries. It may be tried again after so many seconds.
    TooMany {
        /// How long to wait.
        seconds: u64,
    },
    /// Money is on its way or due, so the account cannot be closed yet.
    MoneyLeft,
    /// Too much is being done at once: try again.
    Busy,
    /// The database failed.
    Database(DatabaseError),
}

impl fmt::Display for AccountError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            AccountError::Denied => f.write_str("the name or the password is wrong"),
            AccountError::NotFound => f.write_str("there is no such thing"),
            AccountError::Taken => f.write_str("this name is taken"),
            AccountError::Invalid(what) => f.write_str(what),
            AccountError::TooMany { seconds } => {
                write!(f, "too many tries: try again in {seconds} seconds")
            }
            AccountError::MoneyLeft => {
                f.write_str("there is money in the account: have it paid out or give it up first")
            }
            AccountError::Busy => f.write_str("too much is being done at once: try again"),
            AccountError::Database(error) => error.fmt(f),
        }
    }
}

impl std::error::Error for AccountError {}

impl From<DatabaseError> for AccountError {
    fn from(error: DatabaseError) -> Self {
        AccountError::Database(error)
    }
}

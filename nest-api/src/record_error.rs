//! Why there is no record for one participant.

use std::fmt;

/// Why there is no record: one of a few words, since a free text could say anything about anybody.
///
/// It travels encrypted, with a filler in place of the record, so that only the caller can tell it from a
/// success.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub enum RecordError {
    /// Nothing is known about this participant, or there is no such record.
    NotFound,
    /// The caller may not have this record, or do this with it.
    Forbidden,
    /// The given record makes no sense here.
    Invalid,
    /// It contradicts what is already there: it exists, or has changed in the meantime.
    Conflict,
    /// The source does not do this.
    Unsupported,
    /// The source failed.
    Internal,
}

impl fmt::Display for RecordError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            RecordError::NotFound => "not found",
            RecordError::Forbidden => "forbidden",
            RecordError::Invalid => "invalid",
            RecordError::Conflict => "in conflict with what is there",
            RecordError::Unsupported => "not supported",
            RecordError::Internal => "the source failed",
        })
    }
}

/// The same sentence as `Display`: a `main` that returns the error prints `Debug`.
impl fmt::Debug for RecordError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl std::error::Error for RecordError {}

//! Why there is no record for one participant.

use std::fmt;

/// Why there is no record. It is one of a few words, since a free text could hold personal data.
///
/// It travels encrypted, with filler in place of the record. Only the caller can tell it from a success.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum RecordError {
    /// Nothing is known about this participant, or there is no such record.
    NotFound,
    /// The caller may not have this record, or do this with it.
    Forbidden,
    /// The given record makes no sense here.
    Invalid,
    /// It contradicts a record that is there: the record exists already, or has changed in the meantime.
    Conflict,
    /// The source does not do this.
    Unsupported,
    /// The source failed.
    Internal,
    /// There is a record, but some of the people in it are erased. A source gives the rest by
    /// [`Found::Partly`](crate::Found), and a client gets it as `Answer::Partly`.
    PartlyErased,
    /// The source gives a status that this version does not know.
    Other,
}

impl RecordError {
    /// The number of a success among the [statuses](Self::status).
    pub const OK_STATUS: u8 = 0;

    /// The number that stands for it, on the wire and in a store. 0 is a success. A number is never used for another
    /// error.
    pub const fn status(self) -> u8 {
        match self {
            RecordError::NotFound => 1,
            RecordError::Forbidden => 2,
            RecordError::Invalid => 3,
            RecordError::Conflict => 4,
            RecordError::Unsupported => 5,
            RecordError::Internal => 6,
            RecordError::PartlyErased => 7,
            RecordError::Other => 255,
        }
    }

    /// The error of a number; `None` for a success. An unknown number is [`RecordError::Other`], so that a newer
    /// source can be read.
    pub const fn from_status(status: u8) -> Option<Self> {
        Some(match status {
            Self::OK_STATUS => return None,
            1 => RecordError::NotFound,
            2 => RecordError::Forbidden,
            3 => RecordError::Invalid,
            4 => RecordError::Conflict,
            5 => RecordError::Unsupported,
            6 => RecordError::Internal,
            7 => RecordError::PartlyErased,
            _ => RecordError::Other,
        })
    }
}

/// The same sentence as `Display`: a `main` that returns the error prints `Debug`.
impl fmt::Debug for RecordError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
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
            RecordError::PartlyErased => "some of the people in the record are erased",
            RecordError::Other => "the source says something that this version does not know",
        })
    }
}

impl std::error::Error for RecordError {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn statuses_come_back_and_unknown_ones_are_other() {
        assert_eq!(RecordError::from_status(RecordError::OK_STATUS), None);
        for status in 1..=u8::MAX {
            let error = RecordError::from_status(status);
            assert_eq!(error.map(RecordError::status), Some(if status <= 7 { status } else { 255 }));
        }
    }
}

//! What a data source answered about one participant.

use std::fmt;
use std::ops::Deref;

use nest_core::Pseudonym;
use nest_source::{Found, Slots};

use crate::RecordError;

/// The answer about one participant: a record, a record with erased people, or why there is none.
///
/// Answers come in an order that says nothing. Each repeats its question, [`who`](Asked::who) and
/// [`page`](Asked::page). The client has checked that every question has exactly one answer. It matches them by a
/// ticket that it draws for each question and seals with it. So each answer belongs to its own question, even where
/// one participant was asked about twice or given two records.
///
/// ```
/// # use nest_api::{Answer, RecordError};
/// fn tell<R>(answer: &Answer<R>) -> String {
///     match answer {
///         Answer::Whole { .. } => "a record".to_owned(),
///         Answer::Partly { erased, .. } => format!("a record without {} of its people", erased.len()),
///         Answer::Failed { error, .. } => format!("no record: {error}"),
///     }
/// }
/// ```
///
/// # Privacy
///
/// On the wire a failure is as long as a success and has the same shape. `Debug` shows no record.
#[derive(Clone, PartialEq)]
pub enum Answer<R> {
    /// The record; `()` where the answer only says that it was done.
    Whole {
        /// What was asked.
        asked: Asked,
        /// The record.
        record: R,
    },
    /// A record in which some people are erased. [`result`](Answer::result) takes it for a failure. Code that ignores
    /// `erased` would otherwise take a random pseudonym for a person.
    Partly {
        /// What was asked.
        asked: Asked,
        /// The record, with a random pseudonym in the place of each erased person.
        record: R,
        /// Which of its pseudonyms these are.
        erased: Slots,
    },
    /// There is no record.
    Failed {
        /// What was asked.
        asked: Asked,
        /// Why.
        error: RecordError,
    },
}

/// What was asked about one participant. An [`Answer`] derefs to it: `answer.who`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct Asked {
    /// The participant, under the pseudonym of the domain that asked.
    pub who: Pseudonym,
    /// Which of the participant's records, from 0. It is 0 where the question was not about one of several.
    pub page: u16,
}

impl<R> Answer<R> {
    /// The whole record, or why there is none.
    ///
    /// # Errors
    ///
    /// The data source's [`RecordError`] for this participant; [`RecordError::PartlyErased`] for an
    /// [`Answer::Partly`].
    pub fn result(&self) -> Result<&R, RecordError> {
        match self {
            Answer::Whole { record, .. } => Ok(record),
            Answer::Partly { .. } => Err(RecordError::PartlyErased),
            Answer::Failed { error, .. } => Err(*error),
        }
    }

    /// The whole record, or why there is none.
    ///
    /// # Errors
    ///
    /// As [`result`](Self::result).
    pub fn into_result(self) -> Result<R, RecordError> {
        match self {
            Answer::Whole { record, .. } => Ok(record),
            Answer::Partly { .. } => Err(RecordError::PartlyErased),
            Answer::Failed { error, .. } => Err(error),
        }
    }

    pub(crate) fn new(asked: Asked, result: Result<Found<R>, RecordError>) -> Self {
        match result {
            Ok(found) if found.erased().is_empty() => Answer::Whole { asked, record: found.into_record() },
            Ok(found) => {
                let erased = found.erased();
                Answer::Partly { asked, record: found.into_record(), erased }
            }
            Err(error) => Answer::Failed { asked, error },
        }
    }
}

impl<R> Deref for Answer<R> {
    type Target = Asked;

    fn deref(&self) -> &Asked {
        match self {
            Answer::Whole { asked, .. } | Answer::Partly { asked, .. } | Answer::Failed { asked, .. } => {
                asked
            }
        }
    }
}

impl<R> fmt::Debug for Answer<R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let result: Result<&str, RecordError> = self.result().map(|_| "…");
        f.debug_struct("Answer")
            .field("who", &self.who)
            .field("page", &self.page)
            .field("result", &result)
            .finish()
    }
}

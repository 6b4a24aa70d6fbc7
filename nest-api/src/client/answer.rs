//! What a data source answered about one participant.

use std::fmt;

use nest_core::Pseudonym;

use crate::RecordError;

/// The answer about one participant: a record, or why there is none.
///
/// Answers come in an order that says nothing. Each repeats its question, [`who`](Self::who) and
/// [`page`](Self::page), and the client has checked that every question has exactly one. It matches them by
/// a ticket that it drew for each question and that was sealed with it, so where one participant was asked
/// about twice, or given two records, each answer is the answer to its own.
///
/// # Privacy
///
/// On the wire a failure is as long as a success and has the same shape. `Debug` shows neither record.
#[derive(Clone, PartialEq)]
pub struct Answer<R> {
    /// The participant, under the pseudonym of the domain that asked.
    pub who: Pseudonym,
    /// Which of the participant's records, from 0; always 0 where the question was not about records.
    pub page: u16,
    result: Result<R, RecordError>,
}

impl<R> Answer<R> {
    /// The record, or why there is none.
    ///
    /// # Errors
    ///
    /// The data source's [`RecordError`] for this participant.
    pub fn result(&self) -> Result<&R, RecordError> {
        self.result.as_ref().map_err(|error| *error)
    }

    /// The record, or why there is none.
    ///
    /// # Errors
    ///
    /// The data source's [`RecordError`] for this participant.
    pub fn into_result(self) -> Result<R, RecordError> {
        self.result
    }

    pub(crate) fn new(Key { who, page }: Key, result: Result<R, RecordError>) -> Self {
        Self { who, page, result }
    }
}

/// What was asked, as the client remembers it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Key {
    pub(crate) who: Pseudonym,
    pub(crate) page: u16,
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

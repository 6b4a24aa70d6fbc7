//! What a data source answered about one participant.

use std::fmt;

use nest_core::{PepRecord, Pseudonym};

use crate::RecordError;
use crate::item::{Key, Reply};

/// The answer about one participant: a record, or why there is none.
///
/// Answers come in an order that says nothing. Each is matched to its question by [`who`](Self::who) and
/// [`page`](Self::page), both of which were sealed with it; the client has already checked that every
/// question has its answer. Where the same question was asked twice, there are two answers.
///
/// # Privacy
///
/// On the wire a failure is as long as a success and has the same shape. `Debug` shows neither record.
#[derive(Clone, PartialEq)]
pub struct Answer<R> {
    /// The participant, under the pseudonym of the domain that asked.
    pub who: Pseudonym,
    /// Which of the participant's records, from 0; always 0 where the question was not about records.
    pub page: u8,
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

    pub(crate) fn key(&self) -> Key {
        Key { who: self.who, page: self.page }
    }

    pub(crate) fn map<U>(self, f: impl FnOnce(R) -> U) -> Answer<U> {
        Answer { who: self.who, page: self.page, result: self.result.map(f) }
    }
}

impl<R: PepRecord> Answer<R> {
    pub(crate) fn from_reply(reply: Reply<R>) -> Self {
        let Key { who, page } = reply.key();
        Self { who, page, result: reply.into_result() }
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

//! What a team with data implements: plain methods on typed records, without ciphertext, JSON or sessions.

use std::fmt;

use nest_core::{PepRecord, Pseudonym};

use crate::{Activity, Context};

/// A party that holds records about people, and the participants that it is asked to know.
///
/// Methods are called for several participants at the same time, each in a task of its own, on the thread
/// that also reads requests: hand work that blocks to `tokio::task::spawn_blocking`. A method that panics
/// answers [`RecordError::Internal`] for its participant, and nothing else stops.
///
/// ```
/// # use std::collections::HashSet;
/// # use std::sync::Mutex;
/// # use nest_api::prelude::*;
/// #[derive(PepRecord)]
/// #[pep(max_blocks = 1)]
/// struct PupilInfo {
///     consent: bool,
/// }
///
/// struct School {
///     pupils: HashSet<Pseudonym>,
///     participants: Mutex<HashSet<Pseudonym>>,
/// }
///
/// impl DataSource for School {
///     type Participant = PupilInfo;
///
///     async fn create_participant(
///         &self,
///         _: &Context,
///         who: Pseudonym,
///         info: PupilInfo,
///     ) -> Result<(), RecordError> {
///         if !self.pupils.contains(&who) {
///             return Err(RecordError::NotFound);
///         }
///         if !info.consent {
///             return Err(RecordError::Forbidden);
///         }
///         let mut participants = self.participants.lock().map_err(|_| RecordError::Internal)?;
///         if participants.insert(who) { Ok(()) } else { Err(RecordError::Conflict) }
///     }
/// }
/// ```
pub trait DataSource: Send + Sync + 'static {
    /// What is said about a participant when they are registered.
    type Participant: PepRecord + Send + 'static;

    /// Registers a participant, known here as `who`.
    ///
    /// # Errors
    ///
    /// A [`RecordError`], which only the caller will read.
    fn create_participant(
        &self,
        ctx: &Context,
        who: Pseudonym,
        info: Self::Participant,
    ) -> impl Future<Output = Result<(), RecordError>> + Send;
}

/// A data source that serves the activity `A`.
///
/// Every method gets a participant as the source itself knows them, and its answer is sealed before it
/// leaves. What one participant may be told about another is for the source to decide: the API answers
/// whatever it is given.
pub trait Serves<A: Activity>: DataSource {
    /// How far a participant is.
    ///
    /// # Errors
    ///
    /// A [`RecordError`], which only the caller will read.
    fn progress(
        &self,
        ctx: &Context,
        who: Pseudonym,
    ) -> impl Future<Output = Result<A::Progress, RecordError>> + Send;

    /// One outcome of a participant: the one numbered `page`, from 0. Say in
    /// [`Progress`](Activity::Progress) how many there are.
    ///
    /// Outcomes are asked for one by one because an answer has one shape: a list would have to be filled up
    /// to the most that anybody has, for everybody.
    ///
    /// # Errors
    ///
    /// A [`RecordError`], which only the caller will read: [`RecordError::NotFound`] where there is no such
    /// page.
    fn results(
        &self,
        ctx: &Context,
        who: Pseudonym,
        page: u8,
    ) -> impl Future<Output = Result<A::Outcome, RecordError>> + Send;
}

/// Why there is no record: one of a few words, since a free text could say anything about anybody.
///
/// It travels encrypted, with a filler in place of the record, so that only the caller can tell it from a
/// success.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
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

impl std::error::Error for RecordError {}

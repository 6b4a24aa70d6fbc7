//! The calls that participants and activities have in common: to create, read, update and delete a record.

use std::fmt;
use std::marker::PhantomData;

use nest_core::{PepRecord, Pseudonym, Transcryption};

use super::calls::{Calls, first_pages, only};
use crate::operation::{Mode, PARTICIPANTS};
use crate::{Answer, ClientError, NestClient, Operation};

/// The calls about one record of each participant.
///
/// The record is that of an activity, or what the data source knows of a participant.
pub struct RecordClient<'a, T, R> {
    pub(super) calls: Calls<'a, T>,
    record: PhantomData<fn() -> R>,
}

/// The calls about participants: to register them, and to read, replace or delete what the data source knows of them.
pub type ParticipantClient<'a, T, P> = RecordClient<'a, T, P>;

impl<'a, T: Transcryption, R: PepRecord + Send + Sync + 'static> RecordClient<'a, T, R> {
    pub(crate) fn new(client: &'a NestClient<T>, subject: &'static str) -> Self {
        Self { calls: Calls { client, subject, about: R::SCHEMA }, record: PhantomData }
    }

    pub(crate) fn participants(client: &'a NestClient<T>) -> Self {
        Self::new(client, PARTICIPANTS)
    }

    /// Registers a participant, or gives one a record of the activity.
    ///
    /// # Errors
    ///
    /// A [`ClientError`]; [`ClientError::Record`] where the data source has no record, or did not do it.
    ///
    /// # Privacy
    ///
    /// The record is encrypted as in a batch, but hides among no others. An observer of the request knows that it is
    /// about one participant.
    pub async fn create(&self, who: Pseudonym, record: R) -> Result<(), ClientError> {
        only(self.calls.give(Operation::Create, Mode::Single, vec![(who, record)]).await?)
    }

    /// Registers participants, or gives each a record of the activity.
    ///
    /// # Errors
    ///
    /// A [`ClientError`] where the request failed as a whole. What failed for one participant is in its answer.
    pub async fn create_batch(&self, records: Vec<(Pseudonym, R)>) -> Result<Vec<Answer<()>>, ClientError> {
        self.calls.give(Operation::Create, Mode::Batch, records).await
    }

    /// The record of a participant.
    ///
    /// # Errors
    ///
    /// A [`ClientError`]; [`ClientError::Record`] where the data source has no record, or did not do it.
    ///
    /// # Privacy
    ///
    /// The record is encrypted as in a batch, but hides among no others. An observer of the request knows that it is
    /// about one participant.
    pub async fn read(&self, who: Pseudonym) -> Result<R, ClientError> {
        only(self.calls.ask(Operation::Read, Mode::Single, vec![(who, 0)]).await?)
    }

    /// The records of participants.
    ///
    /// # Errors
    ///
    /// A [`ClientError`] where the request failed as a whole. What failed for one participant is in its answer.
    pub async fn read_batch(&self, participants: &[Pseudonym]) -> Result<Vec<Answer<R>>, ClientError> {
        self.calls.ask(Operation::Read, Mode::Batch, first_pages(participants)).await
    }

    /// Replaces the record of a participant.
    ///
    /// # Errors
    ///
    /// A [`ClientError`]; [`ClientError::Record`] where the data source has no record, or did not do it.
    ///
    /// # Privacy
    ///
    /// The record is encrypted as in a batch, but hides among no others. An observer of the request knows that it is
    /// about one participant.
    pub async fn update(&self, who: Pseudonym, record: R) -> Result<(), ClientError> {
        only(self.calls.give(Operation::Update, Mode::Single, vec![(who, record)]).await?)
    }

    /// Replaces the records of participants.
    ///
    /// # Errors
    ///
    /// A [`ClientError`] where the request failed as a whole. What failed for one participant is in its answer.
    pub async fn update_batch(&self, records: Vec<(Pseudonym, R)>) -> Result<Vec<Answer<()>>, ClientError> {
        self.calls.give(Operation::Update, Mode::Batch, records).await
    }

    /// Removes the record of a participant. Without an activity, the data source forgets the participant.
    ///
    /// # Errors
    ///
    /// A [`ClientError`]; [`ClientError::Record`] where the data source has no record, or did not do it.
    ///
    /// # Privacy
    ///
    /// The record is encrypted as in a batch, but hides among no others. An observer of the request knows that it is
    /// about one participant.
    pub async fn delete(&self, who: Pseudonym) -> Result<(), ClientError> {
        only(self.calls.delete(Mode::Single, vec![who]).await?)
    }

    /// Removes the records of participants. Without an activity, the data source forgets the participants.
    ///
    /// # Errors
    ///
    /// A [`ClientError`] where the request failed as a whole. What failed for one participant is in its answer.
    pub async fn delete_batch(&self, participants: &[Pseudonym]) -> Result<Vec<Answer<()>>, ClientError> {
        self.calls.delete(Mode::Batch, participants.to_vec()).await
    }
}

impl<T, R> fmt::Debug for RecordClient<'_, T, R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RecordClient").field("subject", &self.calls.subject).finish_non_exhaustive()
    }
}

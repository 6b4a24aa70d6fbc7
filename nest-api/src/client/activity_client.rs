//! The calls of one activity: those about its record, how far participants are, and their outcomes.

use std::fmt;
use std::ops::Deref;

use nest_core::{Pseudonym, Transcryption};

use super::calls::{first_pages, only};
use super::record_client::RecordClient;
use crate::operation::Mode;
use crate::{Activity, Answer, ClientError, NestClient, Operation};

/// The calls of one activity. It also has the calls of [`RecordClient`], about the record of the activity.
pub struct ActivityClient<'a, T, A> {
    records: RecordClient<'a, T, A>,
}

impl<'a, T: Transcryption, A: Activity> ActivityClient<'a, T, A> {
    pub(crate) fn new(client: &'a NestClient<T>, name: &'static str) -> Self {
        Self { records: RecordClient::new(client, name) }
    }

    /// How far a participant is.
    ///
    /// # Errors
    ///
    /// A [`ClientError`]; [`ClientError::Record`] where the data source has no record, or did not do it.
    ///
    /// # Privacy
    ///
    /// The record is encrypted as in a batch, but hides among no others. An observer of the request knows that it is
    /// about one participant.
    pub async fn progress(&self, who: Pseudonym) -> Result<A::Progress, ClientError> {
        only(self.calls.ask(Operation::Progress, Mode::Single, vec![(who, 0)]).await?)
    }

    /// How far each participant is.
    ///
    /// # Errors
    ///
    /// A [`ClientError`] where the request failed as a whole. What failed for one participant is in its answer.
    pub async fn progress_batch(
        &self,
        participants: &[Pseudonym],
    ) -> Result<Vec<Answer<A::Progress>>, ClientError> {
        self.calls.ask(Operation::Progress, Mode::Batch, first_pages(participants)).await
    }

    /// One outcome of a participant, by its page. Pages are numbered from 0, and [`progress`](Self::progress) says how many
    /// there are.
    ///
    /// # Errors
    ///
    /// A [`ClientError`]; [`ClientError::Record`] where the data source has no record, or did not do it.
    ///
    /// # Privacy
    ///
    /// The record is encrypted as in a batch, but hides among no others. An observer of the request knows that it is
    /// about one participant.
    pub async fn results(&self, who: Pseudonym, page: u16) -> Result<A::Outcome, ClientError> {
        only(self.calls.ask(Operation::Results, Mode::Single, vec![(who, page)]).await?)
    }

    /// Outcomes of participants, each by its page. Pages are numbered from 0, and
    /// [`progress_batch`](Self::progress_batch) says how many there are.
    ///
    /// # Errors
    ///
    /// A [`ClientError`] where the request failed as a whole. What failed for one page is in its answer.
    pub async fn results_batch(
        &self,
        pages: &[(Pseudonym, u16)],
    ) -> Result<Vec<Answer<A::Outcome>>, ClientError> {
        self.calls.ask(Operation::Results, Mode::Batch, pages.to_vec()).await
    }
}

impl<'a, T, A> Deref for ActivityClient<'a, T, A> {
    type Target = RecordClient<'a, T, A>;

    fn deref(&self) -> &Self::Target {
        &self.records
    }
}

impl<T, A> fmt::Debug for ActivityClient<'_, T, A> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ActivityClient")
            .field("activity", &self.records.calls.subject)
            .finish_non_exhaustive()
    }
}

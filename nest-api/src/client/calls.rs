//! The typed calls of a client: about participants, and of an activity.

use std::fmt;
use std::marker::PhantomData;

use nest_core::schema::Schema;
use nest_core::{PepRecord, Pseudonym, Transcryption};
use nest_source::is_activity_name;

use crate::client::answer::Asked;
use crate::operation::{Mode, PARTICIPANTS, Route};
use crate::wire::item::{Ask, Given, Receipt, Reply, Response};
use crate::wire::mark::Mark;
use crate::{Activity, Answer, ClientError, NestClient, Operation};

/// What both kinds of calls need: the client, and what the calls are about.
struct Calls<'a, T> {
    client: &'a NestClient<T>,
    subject: &'static str,
    /// The record of the activity, or what is known of participants.
    about: &'static Schema,
}

impl<T: Transcryption> Calls<'_, T> {
    async fn ask<R: PepRecord + Send + Sync + 'static>(
        &self,
        operation: Operation,
        mode: Mode,
        pages: Vec<(Pseudonym, u16)>,
    ) -> Result<Vec<Answer<R>>, ClientError> {
        self.send_asks::<Reply<R>>(operation, mode, R::SCHEMA, pages).await
    }

    async fn delete(&self, mode: Mode, who: Vec<Pseudonym>) -> Result<Vec<Answer<()>>, ClientError> {
        self.send_asks::<Receipt>(Operation::Delete, mode, self.about, first_pages(&who)).await
    }

    async fn send_asks<O: Response>(
        &self,
        operation: Operation,
        mode: Mode,
        about: &'static Schema,
        pages: Vec<(Pseudonym, u16)>,
    ) -> Result<Vec<Answer<O::Record>>, ClientError> {
        let route = self.route(operation, mode)?;
        let mark = Mark::new(route, about);
        let item = move |(who, page), ticket| (Asked { who, page }, Ask::new(mark, who, page, ticket));
        self.client.ask::<_, _, O>(route, about, pages, item).await
    }

    async fn give<R: PepRecord + Send + Sync + 'static>(
        &self,
        operation: Operation,
        mode: Mode,
        records: Vec<(Pseudonym, R)>,
    ) -> Result<Vec<Answer<()>>, ClientError> {
        let route = self.route(operation, mode)?;
        let mark = Mark::new(route, R::SCHEMA);
        let item =
            move |(who, record), ticket| (Asked { who, page: 0 }, Given::new(mark, who, record, ticket));
        self.client.ask::<_, _, Receipt>(route, R::SCHEMA, records, item).await
    }

    fn route(&self, operation: Operation, mode: Mode) -> Result<Route, ClientError> {
        if self.subject == PARTICIPANTS || is_activity_name(self.subject) {
            Ok(Route::new(self.subject, operation, mode))
        } else {
            Err(ClientError::ActivityName)
        }
    }
}

fn first_pages(who: &[Pseudonym]) -> Vec<(Pseudonym, u16)> {
    who.iter().map(|who| (*who, 0)).collect()
}

/// The one answer to a question about one participant.
fn only<R>(answers: Vec<Answer<R>>) -> Result<R, ClientError> {
    let answer = answers.into_iter().next().ok_or(ClientError::Answer)?;
    answer.into_result().map_err(ClientError::Record)
}

/// The calls about participants.
pub struct ParticipantClient<'a, T, P> {
    calls: Calls<'a, T>,
    participant: PhantomData<fn() -> P>,
}

/// The calls of one activity.
pub struct ActivityClient<'a, T, A> {
    calls: Calls<'a, T>,
    activity: PhantomData<fn() -> A>,
}

impl<'a, T: Transcryption, P: PepRecord + Send + Sync + 'static> ParticipantClient<'a, T, P> {
    pub(crate) fn new(client: &'a NestClient<T>) -> Self {
        Self { calls: Calls { client, subject: PARTICIPANTS, about: P::SCHEMA }, participant: PhantomData }
    }

    /// Registers a participant.
    ///
    /// # Errors
    ///
    /// A [`ClientError`]: [`ClientError::Record`] where the data source has no record, or did not do it.
    ///
    /// # Privacy
    ///
    /// Encrypted as in a batch, and hidden among nobody: whoever sees the request knows that it was about one.
    pub async fn create(&self, who: Pseudonym, record: P) -> Result<(), ClientError> {
        only(self.calls.give(Operation::Create, Mode::Single, vec![(who, record)]).await?)
    }

    /// Registers participants.
    ///
    /// # Errors
    ///
    /// A [`ClientError`] where the request failed as a whole; what failed for one participant is in its
    /// answer.
    pub async fn create_batch(&self, records: Vec<(Pseudonym, P)>) -> Result<Vec<Answer<()>>, ClientError> {
        self.calls.give(Operation::Create, Mode::Batch, records).await
    }

    /// What the data source was told of a participant.
    ///
    /// # Errors
    ///
    /// A [`ClientError`]: [`ClientError::Record`] where the data source has no record, or did not do it.
    ///
    /// # Privacy
    ///
    /// Encrypted as in a batch, and hidden among nobody: whoever sees the request knows that it was about one.
    pub async fn read(&self, who: Pseudonym) -> Result<P, ClientError> {
        only(self.calls.ask(Operation::Read, Mode::Single, vec![(who, 0)]).await?)
    }

    /// What the data source was told of participants.
    ///
    /// # Errors
    ///
    /// A [`ClientError`] where the request failed as a whole; what failed for one participant is in its
    /// answer.
    pub async fn read_batch(&self, participants: &[Pseudonym]) -> Result<Vec<Answer<P>>, ClientError> {
        self.calls.ask(Operation::Read, Mode::Batch, first_pages(participants)).await
    }

    /// Replaces what the data source was told of a participant.
    ///
    /// # Errors
    ///
    /// A [`ClientError`]: [`ClientError::Record`] where the data source has no record, or did not do it.
    ///
    /// # Privacy
    ///
    /// Encrypted as in a batch, and hidden among nobody: whoever sees the request knows that it was about one.
    pub async fn update(&self, who: Pseudonym, record: P) -> Result<(), ClientError> {
        only(self.calls.give(Operation::Update, Mode::Single, vec![(who, record)]).await?)
    }

    /// Replaces what the data source was told of participants.
    ///
    /// # Errors
    ///
    /// A [`ClientError`] where the request failed as a whole; what failed for one participant is in its
    /// answer.
    pub async fn update_batch(&self, records: Vec<(Pseudonym, P)>) -> Result<Vec<Answer<()>>, ClientError> {
        self.calls.give(Operation::Update, Mode::Batch, records).await
    }

    /// Has a participant forgotten.
    ///
    /// # Errors
    ///
    /// A [`ClientError`]: [`ClientError::Record`] where the data source has no record, or did not do it.
    ///
    /// # Privacy
    ///
    /// Encrypted as in a batch, and hidden among nobody: whoever sees the request knows that it was about one.
    pub async fn delete(&self, who: Pseudonym) -> Result<(), ClientError> {
        only(self.calls.delete(Mode::Single, vec![who]).await?)
    }

    /// Has participants forgotten.
    ///
    /// # Errors
    ///
    /// A [`ClientError`] where the request failed as a whole; what failed for one participant is in its
    /// answer.
    pub async fn delete_batch(&self, participants: &[Pseudonym]) -> Result<Vec<Answer<()>>, ClientError> {
        self.calls.delete(Mode::Batch, participants.to_vec()).await
    }
}

impl<'a, T: Transcryption, A: Activity> ActivityClient<'a, T, A> {
    pub(crate) fn new(client: &'a NestClient<T>, subject: &'static str) -> Self {
        Self { calls: Calls { client, subject, about: A::SCHEMA }, activity: PhantomData }
    }

    /// Gives a participant a record of the activity.
    ///
    /// # Errors
    ///
    /// A [`ClientError`]: [`ClientError::Record`] where the data source has no record, or did not do it.
    ///
    /// # Privacy
    ///
    /// Encrypted as in a batch, and hidden among nobody: whoever sees the request knows that it was about one.
    pub async fn create(&self, who: Pseudonym, record: A) -> Result<(), ClientError> {
        only(self.calls.give(Operation::Create, Mode::Single, vec![(who, record)]).await?)
    }

    /// Gives participants records of the activity, each its own.
    ///
    /// # Errors
    ///
    /// A [`ClientError`] where the request failed as a whole; what failed for one participant is in its
    /// answer.
    pub async fn create_batch(&self, records: Vec<(Pseudonym, A)>) -> Result<Vec<Answer<()>>, ClientError> {
        self.calls.give(Operation::Create, Mode::Batch, records).await
    }

    /// The record of a participant.
    ///
    /// # Errors
    ///
    /// A [`ClientError`]: [`ClientError::Record`] where the data source has no record, or did not do it.
    ///
    /// # Privacy
    ///
    /// Encrypted as in a batch, and hidden among nobody: whoever sees the request knows that it was about one.
    pub async fn read(&self, who: Pseudonym) -> Result<A, ClientError> {
        only(self.calls.ask(Operation::Read, Mode::Single, vec![(who, 0)]).await?)
    }

    /// The records of participants.
    ///
    /// # Errors
    ///
    /// A [`ClientError`] where the request failed as a whole; what failed for one participant is in its
    /// answer.
    pub async fn read_batch(&self, participants: &[Pseudonym]) -> Result<Vec<Answer<A>>, ClientError> {
        self.calls.ask(Operation::Read, Mode::Batch, first_pages(participants)).await
    }

    /// Replaces the record of a participant.
    ///
    /// # Errors
    ///
    /// A [`ClientError`]: [`ClientError::Record`] where the data source has no record, or did not do it.
    ///
    /// # Privacy
    ///
    /// Encrypted as in a batch, and hidden among nobody: whoever sees the request knows that it was about one.
    pub async fn update(&self, who: Pseudonym, record: A) -> Result<(), ClientError> {
        only(self.calls.give(Operation::Update, Mode::Single, vec![(who, record)]).await?)
    }

    /// Replaces the records of participants.
    ///
    /// # Errors
    ///
    /// A [`ClientError`] where the request failed as a whole; what failed for one participant is in its
    /// answer.
    pub async fn update_batch(&self, records: Vec<(Pseudonym, A)>) -> Result<Vec<Answer<()>>, ClientError> {
        self.calls.give(Operation::Update, Mode::Batch, records).await
    }

    /// Removes the record of a participant.
    ///
    /// # Errors
    ///
    /// A [`ClientError`]: [`ClientError::Record`] where the data source has no record, or did not do it.
    ///
    /// # Privacy
    ///
    /// Encrypted as in a batch, and hidden among nobody: whoever sees the request knows that it was about one.
    pub async fn delete(&self, who: Pseudonym) -> Result<(), ClientError> {
        only(self.calls.delete(Mode::Single, vec![who]).await?)
    }

    /// Removes the records of participants.
    ///
    /// # Errors
    ///
    /// A [`ClientError`] where the request failed as a whole; what failed for one participant is in its
    /// answer.
    pub async fn delete_batch(&self, participants: &[Pseudonym]) -> Result<Vec<Answer<()>>, ClientError> {
        self.calls.delete(Mode::Batch, participants.to_vec()).await
    }

    /// How far a participant is.
    ///
    /// # Errors
    ///
    /// A [`ClientError`]: [`ClientError::Record`] where the data source has no record, or did not do it.
    ///
    /// # Privacy
    ///
    /// Encrypted as in a batch, and hidden among nobody: whoever sees the request knows that it was about one.
    pub async fn progress(&self, who: Pseudonym) -> Result<A::Progress, ClientError> {
        only(self.calls.ask(Operation::Progress, Mode::Single, vec![(who, 0)]).await?)
    }

    /// How far each participant is.
    ///
    /// # Errors
    ///
    /// A [`ClientError`] where the request failed as a whole; what failed for one participant is in its
    /// answer.
    pub async fn progress_batch(
        &self,
        participants: &[Pseudonym],
    ) -> Result<Vec<Answer<A::Progress>>, ClientError> {
        self.calls.ask(Operation::Progress, Mode::Batch, first_pages(participants)).await
    }

    /// One outcome of a participant, by its page, numbered from 0; [`progress`](Self::progress) says how
    /// many there are.
    ///
    /// # Errors
    ///
    /// A [`ClientError`]: [`ClientError::Record`] where the data source has no record, or did not do it.
    ///
    /// # Privacy
    ///
    /// Encrypted as in a batch, and hidden among nobody: whoever sees the request knows that it was about one.
    pub async fn results(&self, who: Pseudonym, page: u16) -> Result<A::Outcome, ClientError> {
        only(self.calls.ask(Operation::Results, Mode::Single, vec![(who, page)]).await?)
    }

    /// Outcomes of participants, each by its page, numbered from 0;
    /// [`progress_batch`](Self::progress_batch) says how many there are.
    ///
    /// # Errors
    ///
    /// A [`ClientError`] where the request failed as a whole; what failed for one page is in its answer.
    pub async fn results_batch(
        &self,
        pages: &[(Pseudonym, u16)],
    ) -> Result<Vec<Answer<A::Outcome>>, ClientError> {
        self.calls.ask(Operation::Results, Mode::Batch, pages.to_vec()).await
    }
}

impl<T, P> fmt::Debug for ParticipantClient<'_, T, P> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ParticipantClient")
    }
}

impl<T, A> fmt::Debug for ActivityClient<'_, T, A> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ActivityClient").field("activity", &self.calls.subject).finish_non_exhaustive()
    }
}

//! What a team with data implements for each activity.

use nest_core::Pseudonym;

use crate::written::must_be_written;
use crate::{Activity, Context, DataSource, Found, Mode, Operation, RecordError, each};

/// A data source that serves the activity `A`.
///
/// Every method gets a participant as the source itself knows them, and its answer is sealed before it
/// leaves. What one participant may be told about another is for the source to decide: the API answers
/// whatever it is given.
///
/// Methods are called as those of [`DataSource`]: several at the same time, and carried through.
pub trait Serves<A: Activity>: DataSource {
    /// What can be asked for about the activity. Whatever is not listed is answered with 501, and is absent
    /// from the API description. What is listed has a method here, or does not compile where it is served.
    const OPERATIONS: &'static [Operation];

    /// Gives a participant a record of the activity.
    ///
    /// # Errors
    ///
    /// A [`RecordError`], which only the caller will read.
    fn create(
        &self,
        ctx: &Context,
        who: Pseudonym,
        record: A,
    ) -> impl Future<Output = Result<(), RecordError>> + Send {
        let _ = (ctx, who, record);
        const { must_be_written(Self::OPERATIONS, Operation::Create) };
        async { Err(RecordError::Unsupported) }
    }

    /// [`create`](Self::create) for many, with one result for each in the same order. Calls it for each, several at
    /// once, unless a source has a better way; then all are [`RecordError::Internal`] if it panics.
    fn create_batch(
        &self,
        ctx: &Context,
        items: Vec<(Pseudonym, A)>,
    ) -> impl Future<Output = Vec<Result<(), RecordError>>> + Send {
        each(ctx, items, move |(who, record)| self.create(ctx, who, record))
    }

    /// The record that a participant was given, or that is the one to show of them.
    ///
    /// # Errors
    ///
    /// A [`RecordError`], which only the caller will read.
    fn read(&self, ctx: &Context, who: Pseudonym) -> impl Future<Output = Result<A, RecordError>> + Send {
        let _ = (ctx, who);
        const { must_be_written(Self::OPERATIONS, Operation::Read) };
        async { Err(RecordError::Unsupported) }
    }

    /// [`read`](Self::read) for many, with one result for each in the same order. Calls it for each, several at
    /// once, unless a source has a better way; then all are [`RecordError::Internal`] if it panics.
    fn read_batch(
        &self,
        ctx: &Context,
        participants: Vec<Pseudonym>,
    ) -> impl Future<Output = Vec<Result<A, RecordError>>> + Send {
        each(ctx, participants, move |who| self.read(ctx, who))
    }

    /// [`read`](Self::read) for one or many, where some of the people in a record may be erased: with one result for
    /// each in the same order. It is what is called to read. It calls [`read_batch`](Self::read_batch), or for a
    /// request about one [`read`](Self::read), and takes all that these give as whole.
    fn find(
        &self,
        ctx: &Context,
        participants: Vec<Pseudonym>,
    ) -> impl Future<Output = Vec<Result<Found<A>, RecordError>>> + Send {
        async move {
            let read = match ctx.mode() {
                Mode::Single => each(ctx, participants, move |who| self.read(ctx, who)).await,
                Mode::Batch => self.read_batch(ctx, participants).await,
            };
            read.into_iter().map(|result| result.map(Found::Whole)).collect()
        }
    }

    /// Replaces the record of a participant.
    ///
    /// # Errors
    ///
    /// A [`RecordError`], which only the caller will read.
    fn update(
        &self,
        ctx: &Context,
        who: Pseudonym,
        record: A,
    ) -> impl Future<Output = Result<(), RecordError>> + Send {
        let _ = (ctx, who, record);
        const { must_be_written(Self::OPERATIONS, Operation::Update) };
        async { Err(RecordError::Unsupported) }
    }

    /// [`update`](Self::update) for many, with one result for each in the same order. Calls it for each, several at
    /// once, unless a source has a better way; then all are [`RecordError::Internal`] if it panics.
    fn update_batch(
        &self,
        ctx: &Context,
        items: Vec<(Pseudonym, A)>,
    ) -> impl Future<Output = Vec<Result<(), RecordError>>> + Send {
        each(ctx, items, move |(who, record)| self.update(ctx, who, record))
    }

    /// Removes the record of a participant.
    ///
    /// # Errors
    ///
    /// A [`RecordError`], which only the caller will read.
    fn delete(&self, ctx: &Context, who: Pseudonym) -> impl Future<Output = Result<(), RecordError>> + Send {
        let _ = (ctx, who);
        const { must_be_written(Self::OPERATIONS, Operation::Delete) };
        async { Err(RecordError::Unsupported) }
    }

    /// [`delete`](Self::delete) for many, with one result for each in the same order. Calls it for each, several at
    /// once, unless a source has a better way; then all are [`RecordError::Internal`] if it panics.
    fn delete_batch(
        &self,
        ctx: &Context,
        participants: Vec<Pseudonym>,
    ) -> impl Future<Output = Vec<Result<(), RecordError>>> + Send {
        each(ctx, participants, move |who| self.delete(ctx, who))
    }

    /// How far a participant is.
    ///
    /// # Errors
    ///
    /// A [`RecordError`], which only the caller will read.
    fn progress(
        &self,
        ctx: &Context,
        who: Pseudonym,
    ) -> impl Future<Output = Result<A::Progress, RecordError>> + Send {
        let _ = (ctx, who);
        const { must_be_written(Self::OPERATIONS, Operation::Progress) };
        async { Err(RecordError::Unsupported) }
    }

    /// [`progress`](Self::progress) for many, with one result for each in the same order. Calls it for each, several at
    /// once, unless a source has a better way; then all are [`RecordError::Internal`] if it panics.
    fn progress_batch(
        &self,
        ctx: &Context,
        participants: Vec<Pseudonym>,
    ) -> impl Future<Output = Vec<Result<A::Progress, RecordError>>> + Send {
        each(ctx, participants, move |who| self.progress(ctx, who))
    }

    /// [`progress`](Self::progress) for one or many, as [`find`](Self::find) is [`read`](Self::read) for one or many.
    fn find_progress(
        &self,
        ctx: &Context,
        participants: Vec<Pseudonym>,
    ) -> impl Future<Output = Vec<Result<Found<A::Progress>, RecordError>>> + Send {
        async move {
            let read = match ctx.mode() {
                Mode::Single => each(ctx, participants, move |who| self.progress(ctx, who)).await,
                Mode::Batch => self.progress_batch(ctx, participants).await,
            };
            read.into_iter().map(|result| result.map(Found::Whole)).collect()
        }
    }

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
        page: u16,
    ) -> impl Future<Output = Result<A::Outcome, RecordError>> + Send {
        let _ = (ctx, who, page);
        const { must_be_written(Self::OPERATIONS, Operation::Results) };
        async { Err(RecordError::Unsupported) }
    }

    /// [`results`](Self::results) for many, with one result for each in the same order. Calls it for each, several at
    /// once, unless a source has a better way; then all are [`RecordError::Internal`] if it panics.
    fn results_batch(
        &self,
        ctx: &Context,
        pages: Vec<(Pseudonym, u16)>,
    ) -> impl Future<Output = Vec<Result<A::Outcome, RecordError>>> + Send {
        each(ctx, pages, move |(who, page)| self.results(ctx, who, page))
    }
    /// [`results`](Self::results) for one or many, where some of the people in an outcome may be erased: with one
    /// result for each in the same order. It is what is called for outcomes. It calls
    /// [`results_batch`](Self::results_batch), or for a request about one [`results`](Self::results), and takes all
    /// that these give as whole.
    fn find_results(
        &self,
        ctx: &Context,
        pages: Vec<(Pseudonym, u16)>,
    ) -> impl Future<Output = Vec<Result<Found<A::Outcome>, RecordError>>> + Send {
        async move {
            let read = match ctx.mode() {
                Mode::Single => each(ctx, pages, move |(who, page)| self.results(ctx, who, page)).await,
                Mode::Batch => self.results_batch(ctx, pages).await,
            };
            read.into_iter().map(|result| result.map(Found::Whole)).collect()
        }
    }
}

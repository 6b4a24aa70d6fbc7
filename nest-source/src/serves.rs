//! What a team with data implements for each activity.

use nest_core::Pseudonym;

use crate::each::found;
use crate::written::must_be_written;
use crate::{Activity, Context, DataSource, Found, Operation, RecordError, each};

/// A data source that serves the activity `A`.
///
/// Every method gets a participant under the source's own pseudonym, and its answer is sealed before it leaves. The
/// source decides what one participant may be told about another. The API answers what the source gives it.
///
/// Methods are called as those of [`DataSource`]: several at the same time, and each to its end.
pub trait Serves<A: Activity>: DataSource {
    /// The operations of the activity that the source has. Other operations are answered with 501, and are absent
    /// from the API description. A listed operation without a method does not compile where the source is served.
    const OPERATIONS: &'static [Operation];

    /// Gives a participant a record of the activity.
    ///
    /// # Errors
    ///
    /// A [`RecordError`]. Only the caller can read it.
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

    /// [`create`](Self::create) for many, with one result for each in the same order. By default it calls that method
    /// for each, several at once. Where a source has its own method, all are [`RecordError::Internal`] if it panics.
    fn create_batch(
        &self,
        ctx: &Context,
        items: Vec<(Pseudonym, A)>,
    ) -> impl Future<Output = Vec<Result<(), RecordError>>> + Send {
        each(ctx, items, move |(who, record)| self.create(ctx, who, record))
    }

    /// The record of a participant: the one that was given, or another one that the source shows.
    ///
    /// # Errors
    ///
    /// A [`RecordError`]. Only the caller can read it.
    fn read(&self, ctx: &Context, who: Pseudonym) -> impl Future<Output = Result<A, RecordError>> + Send {
        let _ = (ctx, who);
        const { must_be_written(Self::OPERATIONS, Operation::Read) };
        async { Err(RecordError::Unsupported) }
    }

    /// [`read`](Self::read) for many, with one result for each in the same order. By default it calls that method for
    /// each, several at once. Where a source has its own method, all are [`RecordError::Internal`] if it panics.
    fn read_batch(
        &self,
        ctx: &Context,
        participants: Vec<Pseudonym>,
    ) -> impl Future<Output = Vec<Result<A, RecordError>>> + Send {
        each(ctx, participants, move |who| self.read(ctx, who))
    }

    /// [`read`](Self::read) for one or many, where some of the people in a record may be erased. There is one result
    /// for each, in the same order. A server calls this method to read. By default it calls
    /// [`read_batch`](Self::read_batch), or [`read`](Self::read) for a request about one, and takes their records as
    /// whole.
    fn find(
        &self,
        ctx: &Context,
        participants: Vec<Pseudonym>,
    ) -> impl Future<Output = Vec<Result<Found<A>, RecordError>>> + Send {
        found(ctx, participants, move |who| self.read(ctx, who), move |all| self.read_batch(ctx, all))
    }

    /// Replaces the record of a participant.
    ///
    /// # Errors
    ///
    /// A [`RecordError`]. Only the caller can read it.
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

    /// [`update`](Self::update) for many, with one result for each in the same order. By default it calls that method
    /// for each, several at once. Where a source has its own method, all are [`RecordError::Internal`] if it panics.
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
    /// A [`RecordError`]. Only the caller can read it.
    fn delete(&self, ctx: &Context, who: Pseudonym) -> impl Future<Output = Result<(), RecordError>> + Send {
        let _ = (ctx, who);
        const { must_be_written(Self::OPERATIONS, Operation::Delete) };
        async { Err(RecordError::Unsupported) }
    }

    /// [`delete`](Self::delete) for many, with one result for each in the same order. By default it calls that method
    /// for each, several at once. Where a source has its own method, all are [`RecordError::Internal`] if it panics.
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
    /// A [`RecordError`]. Only the caller can read it.
    fn progress(
        &self,
        ctx: &Context,
        who: Pseudonym,
    ) -> impl Future<Output = Result<A::Progress, RecordError>> + Send {
        let _ = (ctx, who);
        const { must_be_written(Self::OPERATIONS, Operation::Progress) };
        async { Err(RecordError::Unsupported) }
    }

    /// [`progress`](Self::progress) for many, with one result for each in the same order. By default it calls that
    /// method for each, several at once. Where a source has its own method, all are [`RecordError::Internal`] if it
    /// panics.
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
        found(ctx, participants, move |who| self.progress(ctx, who), move |all| self.progress_batch(ctx, all))
    }

    /// One outcome of a participant: number `page`, from 0. [`Progress`](Activity::Progress) should say how many
    /// there are.
    ///
    /// Outcomes are asked for one by one because an answer has one shape. A list would have to be filled up to the
    /// longest list of any participant.
    ///
    /// # Errors
    ///
    /// A [`RecordError`]: [`RecordError::NotFound`] where there is no such page. Only the caller can read it.
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

    /// [`results`](Self::results) for many, with one result for each in the same order. By default it calls that
    /// method for each, several at once. Where a source has its own method, all are [`RecordError::Internal`] if it
    /// panics.
    fn results_batch(
        &self,
        ctx: &Context,
        pages: Vec<(Pseudonym, u16)>,
    ) -> impl Future<Output = Vec<Result<A::Outcome, RecordError>>> + Send {
        each(ctx, pages, move |(who, page)| self.results(ctx, who, page))
    }
    /// [`results`](Self::results) for one or many, where some of the people in an outcome may be erased. There is one
    /// result for each, in the same order. A server calls this method for outcomes. By default it calls
    /// [`results_batch`](Self::results_batch), or [`results`](Self::results) for a request about one, and takes their
    /// records as whole.
    fn find_results(
        &self,
        ctx: &Context,
        pages: Vec<(Pseudonym, u16)>,
    ) -> impl Future<Output = Vec<Result<Found<A::Outcome>, RecordError>>> + Send {
        found(
            ctx,
            pages,
            move |(who, page)| self.results(ctx, who, page),
            move |all| self.results_batch(ctx, all),
        )
    }
}

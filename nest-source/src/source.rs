//! What a team with data implements about its participants: plain methods on typed records, without
//! ciphertext, JSON or sessions.

use nest_core::{PepRecord, Pseudonym};

use crate::each::found;
use crate::written::must_be_written;
use crate::{Context, Found, Operation, RecordError, each};

/// A party that holds records about people, and the methods about its participants.
///
/// Methods are called for several participants at the same time, on the thread that also reads requests. Hand work
/// that blocks to `tokio::task::spawn_blocking`. A method that panics or hangs answers [`RecordError::Internal`] for
/// its participant, and stops nothing else. A request is finished even if its caller goes away, so a method is not
/// cut off in the middle.
///
/// ```
/// # use std::collections::HashSet;
/// # use std::sync::Mutex;
/// # use nest_source::prelude::*;
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
///     const PARTICIPANTS: &[Operation] = &[Operation::Create];
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
///
/// An operation that is declared and has no method does not compile where the source is served.
pub trait DataSource: Send + Sync + 'static {
    /// The record that a participant is registered with.
    type Participant: PepRecord + Send + Sync + 'static;

    /// The operations about participants that the source has, of [`Operation::OF_PARTICIPANTS`]. Other operations are
    /// answered with 501, and are absent from the API description.
    const PARTICIPANTS: &'static [Operation];

    /// Registers a participant, known here as `who`.
    ///
    /// # Errors
    ///
    /// A [`RecordError`]. Only the caller can read it.
    fn create_participant(
        &self,
        ctx: &Context,
        who: Pseudonym,
        info: Self::Participant,
    ) -> impl Future<Output = Result<(), RecordError>> + Send {
        let _ = (ctx, who, info);
        const { must_be_written(Self::PARTICIPANTS, Operation::Create) };
        async { Err(RecordError::Unsupported) }
    }

    /// [`create_participant`](Self::create_participant) for many, with one result for each in the same order. By
    /// default it calls that method for each, several at once. Where a source has its own method, all are
    /// [`RecordError::Internal`] if it panics.
    fn create_participant_batch(
        &self,
        ctx: &Context,
        items: Vec<(Pseudonym, Self::Participant)>,
    ) -> impl Future<Output = Vec<Result<(), RecordError>>> + Send {
        each(ctx, items, move |(who, info)| self.create_participant(ctx, who, info))
    }

    /// The record that a participant was registered with, or that replaced it last.
    ///
    /// # Errors
    ///
    /// A [`RecordError`]. Only the caller can read it.
    fn read_participant(
        &self,
        ctx: &Context,
        who: Pseudonym,
    ) -> impl Future<Output = Result<Self::Participant, RecordError>> + Send {
        let _ = (ctx, who);
        const { must_be_written(Self::PARTICIPANTS, Operation::Read) };
        async { Err(RecordError::Unsupported) }
    }

    /// [`read_participant`](Self::read_participant) for many, with one result for each in the same order. By default
    /// it calls that method for each, several at once. Where a source has its own method, all are
    /// [`RecordError::Internal`] if it panics.
    fn read_participant_batch(
        &self,
        ctx: &Context,
        participants: Vec<Pseudonym>,
    ) -> impl Future<Output = Vec<Result<Self::Participant, RecordError>>> + Send {
        each(ctx, participants, move |who| self.read_participant(ctx, who))
    }

    /// [`read_participant`](Self::read_participant) for one or many, where some of the people in a record may be
    /// erased. There is one result for each, in the same order. A server calls this method to read. By default it
    /// calls [`read_participant_batch`](Self::read_participant_batch), or
    /// [`read_participant`](Self::read_participant) for a request about one, and takes their records as whole.
    fn find_participants(
        &self,
        ctx: &Context,
        participants: Vec<Pseudonym>,
    ) -> impl Future<Output = Vec<Result<Found<Self::Participant>, RecordError>>> + Send {
        found(
            ctx,
            participants,
            move |who| self.read_participant(ctx, who),
            move |all| self.read_participant_batch(ctx, all),
        )
    }

    /// Replaces the record of a participant.
    ///
    /// # Errors
    ///
    /// A [`RecordError`]. Only the caller can read it.
    fn update_participant(
        &self,
        ctx: &Context,
        who: Pseudonym,
        info: Self::Participant,
    ) -> impl Future<Output = Result<(), RecordError>> + Send {
        let _ = (ctx, who, info);
        const { must_be_written(Self::PARTICIPANTS, Operation::Update) };
        async { Err(RecordError::Unsupported) }
    }

    /// [`update_participant`](Self::update_participant) for many, with one result for each in the same order. By
    /// default it calls that method for each, several at once. Where a source has its own method, all are
    /// [`RecordError::Internal`] if it panics.
    fn update_participant_batch(
        &self,
        ctx: &Context,
        items: Vec<(Pseudonym, Self::Participant)>,
    ) -> impl Future<Output = Vec<Result<(), RecordError>>> + Send {
        each(ctx, items, move |(who, info)| self.update_participant(ctx, who, info))
    }

    /// Forgets a participant, with everything that the source keeps about them and may delete.
    ///
    /// # Errors
    ///
    /// A [`RecordError`]. Only the caller can read it.
    fn delete_participant(
        &self,
        ctx: &Context,
        who: Pseudonym,
    ) -> impl Future<Output = Result<(), RecordError>> + Send {
        let _ = (ctx, who);
        const { must_be_written(Self::PARTICIPANTS, Operation::Delete) };
        async { Err(RecordError::Unsupported) }
    }

    /// [`delete_participant`](Self::delete_participant) for many, with one result for each in the same order. By
    /// default it calls that method for each, several at once. Where a source has its own method, all are
    /// [`RecordError::Internal`] if it panics.
    fn delete_participant_batch(
        &self,
        ctx: &Context,
        participants: Vec<Pseudonym>,
    ) -> impl Future<Output = Vec<Result<(), RecordError>>> + Send {
        each(ctx, participants, move |who| self.delete_participant(ctx, who))
    }
}

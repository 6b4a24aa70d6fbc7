//! The vault as a data source: every method is one batch, with an outcome for each participant.

use std::collections::HashMap;

use nest_core::{PepRecord, Pseudonym};
use nest_source::{Activity, Context, DataSource, Found, Operation, RecordError, Serves, Slots};

use super::{Kept, KeptCounts, SqlVault};
use crate::error::VaultError;
use crate::id::RowId;
use crate::reason::Reason;
use crate::store::{self, Item, Mode, Repetition, Table};

/// What a source is asked to write: somebody and their record, or why it is refused before the vault is asked.
pub type Checked<R> = Result<(Pseudonym, R), RecordError>;

impl VaultError {
    /// What the caller of an API is told.
    fn to_record_error(&self) -> RecordError {
        match self {
            VaultError::NotFound | VaultError::Erased => RecordError::NotFound,
            VaultError::Conflict { .. } | VaultError::Hold => RecordError::Conflict,
            _ => RecordError::Internal,
        }
    }
}

/// Says in the log of the program what only its operator can repair. It has no word about anybody.
fn failed(ctx: &Context, error: &VaultError) -> RecordError {
    let told = error.to_record_error();
    if told == RecordError::Internal {
        tracing::error!(request_id = %ctx.request_id(), %error, "the vault failed");
    }
    told
}

impl<P: PepRecord + Send + Sync + 'static> SqlVault<P> {
    fn tables_of(&self, ctx: &Context) -> Result<(&Table, &Table), RecordError> {
        let tables = self.tables(ctx.activity()).map_err(|error| {
            tracing::error!(request_id = %ctx.request_id(), %error, "the vault failed");
            RecordError::Unsupported
        });
        tables.map(|(given, outcome)| (&**given, &**outcome))
    }

    /// Registers participants, for a source that checks people before it keeps them: a refused person is given with
    /// the reason, so that the outcomes of all are kept together.
    pub async fn create_checked_participants(
        &self,
        ctx: &Context,
        items: Vec<Checked<P>>,
    ) -> Vec<Result<(), RecordError>> {
        self.write(ctx, &self.inner.participant, items, Mode::Create, false).await
    }

    /// Replaces what was said about participants, for a source that checks before.
    pub async fn update_checked_participants(
        &self,
        ctx: &Context,
        items: Vec<Checked<P>>,
    ) -> Vec<Result<(), RecordError>> {
        self.write(ctx, &self.inner.participant, items, Mode::Replace(None), true).await
    }

    /// Gives participants records of the context's activity, for a source that checks before.
    pub async fn create_checked<A: Activity>(
        &self,
        ctx: &Context,
        items: Vec<Checked<A>>,
    ) -> Vec<Result<(), RecordError>> {
        match self.tables_of(ctx) {
            Ok((table, _)) => self.write(ctx, table, items, Mode::Create, true).await,
            Err(error) => items.iter().map(|_| Err(error)).collect(),
        }
    }

    /// Replaces records of the context's activity, for a source that checks before.
    pub async fn update_checked<A: Activity>(
        &self,
        ctx: &Context,
        items: Vec<Checked<A>>,
    ) -> Vec<Result<(), RecordError>> {
        match self.tables_of(ctx) {
            Ok((table, _)) => self.write(ctx, table, items, Mode::Replace(None), true).await,
            Err(error) => items.iter().map(|_| Err(error)).collect(),
        }
    }

    /// What participants were given in the context's activity, for a source that answers some of it itself.
    pub async fn find_records<A: Activity>(
        &self,
        ctx: &Context,
        participants: &[Pseudonym],
    ) -> Vec<Result<Found<A>, RecordError>> {
        match self.tables_of(ctx) {
            Ok((table, _)) => self.find_given(ctx, table, participants).await,
            Err(error) => participants.iter().map(|_| Err(error)).collect(),
        }
    }

    /// The outcomes of participants on these pages, for a source that answers some of it itself.
    pub async fn find_outcomes<A: Activity>(
        &self,
        ctx: &Context,
        pages: &[(Pseudonym, u16)],
    ) -> Vec<Result<Found<A::Outcome>, RecordError>> {
        match self.tables_of(ctx) {
            Ok((_, table)) => self.find_pages(ctx, table, pages).await,
            Err(error) => pages.iter().map(|_| Err(error)).collect(),
        }
    }

    /// Removes what participants were given in the context's activity, and their own outcomes of it.
    pub async fn delete_records(
        &self,
        ctx: &Context,
        participants: &[Pseudonym],
    ) -> Vec<Result<(), RecordError>> {
        let tables = match self.tables_of(ctx) {
            Ok(tables) => tables,
            Err(error) => return participants.iter().map(|_| Err(error)).collect(),
        };
        let places = vec![None; participants.len()];
        let repetition = ctx.keyed_request().map(|request| Repetition::new(request, places));
        let deleted = self.inner.store.delete(tables, ctx.domain(), participants, repetition.as_ref());
        match deleted.await {
            Ok(results) => {
                let told = |result: Result<_, store::Refusal>| {
                    result.map(drop).map_err(store::Refusal::to_record_error)
                };
                results.into_iter().map(told).collect()
            }
            Err(error) => {
                let error = failed(ctx, &error);
                participants.iter().map(|_| Err(error)).collect()
            }
        }
    }

    /// Those of these people who are registered, in the same order.
    ///
    /// # Errors
    ///
    /// [`RecordError::Internal`] where the databases refuse.
    pub async fn are_registered(
        &self,
        ctx: &Context,
        people: &[Pseudonym],
    ) -> Result<Vec<bool>, RecordError> {
        let lookups = self.inner.store.lookups(ctx.domain(), people);
        let registered = self.inner.store.registered(&lookups).await.map_err(|error| failed(ctx, &error))?;
        Ok(lookups.iter().map(|who| registered.contains(who)).collect())
    }

    async fn write<R: PepRecord + Send + Sync>(
        &self,
        ctx: &Context,
        table: &Table,
        items: Vec<Checked<R>>,
        mode: Mode,
        registered: bool,
    ) -> Vec<Result<(), RecordError>> {
        let mut plain = Vec::with_capacity(items.len());
        let mut refused = Vec::with_capacity(items.len());
        for item in &items {
            match item {
                Ok((who, record)) => match record.to_plain() {
                    Ok(record) => {
                        plain.push((*who, record));
                        refused.push(None);
                    }
                    Err(_) => refused.push(Some(RecordError::Invalid)),
                },
                Err(error) => refused.push(Some(*error)),
            }
        }
        let store_items: Vec<_> = plain.iter().map(|(who, record)| Item { who: *who, record }).collect();
        let repetition = ctx.keyed_request().map(|request| Repetition::new(request, refused.clone()));
        let store = &self.inner.store;
        let written =
            store.put(table, ctx.domain(), &store_items, mode, registered, repetition.as_ref()).await;
        let mut results = match written {
            Ok(results) => results,
            Err(error) => {
                let error = failed(ctx, &error);
                return refused.into_iter().map(|refused| Err(refused.unwrap_or(error))).collect();
            }
        }
        .into_iter();
        let next = |refused: Option<RecordError>| match refused {
            Some(error) => Err(error),
            None => match results.next() {
                Some(result) => result.map(drop).map_err(store::Refusal::to_record_error),
                None => Err(RecordError::Internal),
            },
        };
        refused.into_iter().map(next).collect()
    }

    /// The records of a table that these people have, whole or in part, if they are registered.
    async fn find_given<R: PepRecord>(
        &self,
        ctx: &Context,
        table: &Table,
        people: &[Pseudonym],
    ) -> Vec<Result<Found<R>, RecordError>> {
        let found = async {
            let store = &self.inner.store;
            let lookups = store.lookups(ctx.domain(), people);
            let registered = store.registered(&lookups).await?;
            let found = store.read_given(&ctx.purpose(), table, &lookups).await?;
            let one = |who| {
                if !registered.contains(who) {
                    return Err(RecordError::NotFound);
                }
                answer(ctx, table, found.get(who).ok_or(RecordError::NotFound)?)
            };
            Ok::<_, VaultError>(lookups.iter().map(one).collect())
        };
        found.await.unwrap_or_else(|error| {
            let error = failed(ctx, &error);
            people.iter().map(|_| Err(error)).collect()
        })
    }

    /// The outcomes of registered people on these pages.
    async fn find_pages<R: PepRecord>(
        &self,
        ctx: &Context,
        table: &Table,
        pages: &[(Pseudonym, u16)],
    ) -> Vec<Result<Found<R>, RecordError>> {
        let found = async {
            let store = &self.inner.store;
            let people: Vec<_> = pages.iter().map(|(who, _)| *who).collect();
            let lookups = store.lookups(ctx.domain(), &people);
            let registered = store.registered(&lookups).await?;
            let known = store.pages(table, &lookups).await?;
            // Pages are counted over what is left.
            let left: HashMap<_, Vec<RowId>> = known
                .into_iter()
                .map(|(who, rows)| {
                    (who, rows.into_iter().filter(|(_, left)| *left).map(|(row, _)| row).collect())
                })
                .collect();
            let row = |who, page: u16| left.get(who)?.get(usize::from(page)).copied();
            let wanted: Vec<Option<RowId>> = lookups
                .iter()
                .zip(pages)
                .map(|(who, (_, page))| row(who, *page).filter(|_| registered.contains(who)))
                .collect();
            let rows: Vec<_> = wanted.iter().flatten().copied().collect();
            let raw = store.by_rows(table, &rows).await?;
            let opened = store.open_for(&ctx.purpose(), table, &raw).await?;
            let opened: HashMap<_, _> = raw.iter().map(|raw| raw.row).zip(opened).collect();
            let one = |row: Option<RowId>| {
                answer(ctx, table, row.and_then(|row| opened.get(&row)).ok_or(RecordError::NotFound)?)
            };
            Ok::<_, VaultError>(wanted.into_iter().map(one).collect())
        };
        found.await.unwrap_or_else(|error| {
            let error = failed(ctx, &error);
            pages.iter().map(|_| Err(error)).collect()
        })
    }
}

/// What a source answers about a record.
fn answer<R: PepRecord>(
    ctx: &Context,
    table: &Table,
    found: &Result<store::Found, VaultError>,
) -> Result<Found<R>, RecordError> {
    match found {
        Ok(store::Found::Erased) => Err(RecordError::NotFound),
        Ok(store::Found::Open(opened)) => {
            let record = R::from_plain(&opened.record).map_err(|_| RecordError::Internal)?;
            let mut erased = Slots::NONE;
            for (slot, place) in table.layout.people.iter().enumerate() {
                if opened.erased.contains(&place.path) {
                    // What cannot be told must not be taken for a person.
                    erased = erased.with(slot).ok_or(RecordError::PartlyErased)?;
                }
            }
            Ok(if erased.is_empty() { Found::Whole(record) } else { Found::Partly { record, erased } })
        }
        Err(error) => Err(failed(ctx, error)),
    }
}

fn whole<R>(found: Result<Found<R>, RecordError>) -> Result<R, RecordError> {
    match found? {
        Found::Whole(record) => Ok(record),
        _ => Err(RecordError::PartlyErased),
    }
}

fn first<R>(mut results: Vec<Result<R, RecordError>>) -> Result<R, RecordError> {
    results.pop().unwrap_or(Err(RecordError::Internal))
}

impl<P: PepRecord + Send + Sync + 'static> DataSource for SqlVault<P> {
    type Participant = P;
    const PARTICIPANTS: &'static [Operation] = Operation::OF_PARTICIPANTS;

    async fn create_participant(&self, ctx: &Context, who: Pseudonym, info: P) -> Result<(), RecordError> {
        first(self.create_participant_batch(ctx, vec![(who, info)]).await)
    }

    async fn create_participant_batch(
        &self,
        ctx: &Context,
        items: Vec<(Pseudonym, P)>,
    ) -> Vec<Result<(), RecordError>> {
        self.create_checked_participants(ctx, items.into_iter().map(Ok).collect()).await
    }

    async fn read_participant(&self, ctx: &Context, who: Pseudonym) -> Result<P, RecordError> {
        first(self.read_participant_batch(ctx, vec![who]).await)
    }

    async fn read_participant_batch(
        &self,
        ctx: &Context,
        participants: Vec<Pseudonym>,
    ) -> Vec<Result<P, RecordError>> {
        let found = self.find_given(ctx, &self.inner.participant, &participants).await;
        found.into_iter().map(whole).collect()
    }

    async fn update_participant(&self, ctx: &Context, who: Pseudonym, info: P) -> Result<(), RecordError> {
        first(self.update_participant_batch(ctx, vec![(who, info)]).await)
    }

    async fn update_participant_batch(
        &self,
        ctx: &Context,
        items: Vec<(Pseudonym, P)>,
    ) -> Vec<Result<(), RecordError>> {
        self.update_checked_participants(ctx, items.into_iter().map(Ok).collect()).await
    }

    /// Erases the participant, with the reason `api-delete`.
    async fn delete_participant(&self, ctx: &Context, who: Pseudonym) -> Result<(), RecordError> {
        first(self.delete_participant_batch(ctx, vec![who]).await)
    }

    async fn delete_participant_batch(
        &self,
        ctx: &Context,
        participants: Vec<Pseudonym>,
    ) -> Vec<Result<(), RecordError>> {
        let store = &self.inner.store;
        let lookups = store.lookups(ctx.domain(), &participants);
        let erased = async {
            let reason = Reason::new("api-delete").map_err(|_| VaultError::NotFound)?;
            let mut registered = store.registered(&lookups).await?;
            let mut results = Vec::with_capacity(lookups.len());
            for who in &lookups {
                results.push(if registered.remove(who) {
                    store.erase(*who, &reason, false).await.map(drop).map_err(|error| failed(ctx, &error))
                } else {
                    Err(RecordError::NotFound)
                });
            }
            if let Some(request) = ctx.keyed_request() {
                store.remember_after(request, &results).await?;
            }
            Ok::<_, VaultError>(results)
        };
        erased.await.unwrap_or_else(|error| {
            let error = failed(ctx, &error);
            lookups.iter().map(|_| Err(error)).collect()
        })
    }
}

impl<P: PepRecord + Send + Sync + 'static, A: Kept> Serves<A> for SqlVault<P> {
    const OPERATIONS: &'static [Operation] = Operation::ALL;

    async fn create(&self, ctx: &Context, who: Pseudonym, record: A) -> Result<(), RecordError> {
        first(self.create_batch(ctx, vec![(who, record)]).await)
    }

    async fn create_batch(&self, ctx: &Context, items: Vec<(Pseudonym, A)>) -> Vec<Result<(), RecordError>> {
        self.create_checked(ctx, items.into_iter().map(Ok).collect()).await
    }

    async fn read(&self, ctx: &Context, who: Pseudonym) -> Result<A, RecordError> {
        first(self.read_batch(ctx, vec![who]).await)
    }

    async fn read_batch(&self, ctx: &Context, participants: Vec<Pseudonym>) -> Vec<Result<A, RecordError>> {
        self.find(ctx, participants).await.into_iter().map(whole).collect()
    }

    async fn find(&self, ctx: &Context, participants: Vec<Pseudonym>) -> Vec<Result<Found<A>, RecordError>> {
        self.find_records::<A>(ctx, &participants).await
    }

    async fn update(&self, ctx: &Context, who: Pseudonym, record: A) -> Result<(), RecordError> {
        first(self.update_batch(ctx, vec![(who, record)]).await)
    }

    async fn update_batch(&self, ctx: &Context, items: Vec<(Pseudonym, A)>) -> Vec<Result<(), RecordError>> {
        self.update_checked(ctx, items.into_iter().map(Ok).collect()).await
    }

    async fn delete(&self, ctx: &Context, who: Pseudonym) -> Result<(), RecordError> {
        first(Serves::<A>::delete_batch(self, ctx, vec![who]).await)
    }

    async fn delete_batch(
        &self,
        ctx: &Context,
        participants: Vec<Pseudonym>,
    ) -> Vec<Result<(), RecordError>> {
        self.delete_records(ctx, &participants).await
    }

    async fn progress(&self, ctx: &Context, who: Pseudonym) -> Result<A::Progress, RecordError> {
        first(Serves::<A>::progress_batch(self, ctx, vec![who]).await)
    }

    async fn progress_batch(
        &self,
        ctx: &Context,
        participants: Vec<Pseudonym>,
    ) -> Vec<Result<A::Progress, RecordError>> {
        let counted = async {
            let store = &self.inner.store;
            let (given, outcome) = match self.tables_of(ctx) {
                Ok(tables) => tables,
                Err(error) => return Ok(participants.iter().map(|_| Err(error)).collect()),
            };
            let lookups = store.lookups(ctx.domain(), &participants);
            let registered = store.registered(&lookups).await?;
            let counts = store.counts(Some(given), Some(outcome), &lookups).await?;
            let one = |who| {
                if !registered.contains(who) {
                    return Err(RecordError::NotFound);
                }
                let counts: KeptCounts = counts.get(who).copied().unwrap_or_default().into();
                Ok(A::progress(&counts))
            };
            Ok::<_, VaultError>(lookups.iter().map(one).collect())
        };
        counted.await.unwrap_or_else(|error| {
            let error = failed(ctx, &error);
            participants.iter().map(|_| Err(error)).collect()
        })
    }

    async fn results(&self, ctx: &Context, who: Pseudonym, page: u16) -> Result<A::Outcome, RecordError> {
        first(Serves::<A>::results_batch(self, ctx, vec![(who, page)]).await)
    }

    async fn results_batch(
        &self,
        ctx: &Context,
        pages: Vec<(Pseudonym, u16)>,
    ) -> Vec<Result<A::Outcome, RecordError>> {
        Serves::<A>::find_results(self, ctx, pages).await.into_iter().map(whole).collect()
    }

    async fn find_results(
        &self,
        ctx: &Context,
        pages: Vec<(Pseudonym, u16)>,
    ) -> Vec<Result<Found<A::Outcome>, RecordError>> {
        self.find_outcomes::<A>(ctx, &pages).await
    }
}

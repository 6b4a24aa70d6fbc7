//! The vault as a program meets it: typed records over the store that knows declarations only.

mod builder;
mod kept;
mod repetitions;
mod source;
mod untyped;
mod upkeep;

use std::collections::HashMap;
use std::fmt;
use std::marker::PhantomData;
use std::sync::Arc;

use nest_core::{Domain, PepRecord, Pseudonym};
use nest_source::{Activity, Purpose, activity_name};

pub use builder::VaultBuilder;
pub use kept::{Kept, KeptCounts, Opened, Stored};
pub use source::Checked;
pub use untyped::{TableStatus, UntypedSettings, UntypedVault};

use crate::error::VaultError;
use crate::id::{Lookup, RowId};
use crate::keys::KeyStore;
use crate::store::{Found, Item, Mode, Refusal, Store, Table, Version, Who};
use repetitions::Reserved;

/// A data source that keeps its records in SQLite or PostgreSQL.
///
/// `P` is what is said about participants. It implements [`DataSource`](nest_source::DataSource), and
/// [`Serves`](nest_source::Serves) for every [`Kept`] activity that was named when it was opened. Clones share it.
///
/// # Privacy
///
/// Records and pseudonyms are sealed, each person's under a key of their own, which is kept in another database. What
/// is declared as `at_rest = "plain"` can also be read in the tables. [`erase`](Self::erase) destroys the key.
/// Who has the master key and both databases reads everything that is not erased: see the crate's documentation.
pub struct SqlVault<P> {
    inner: Arc<Inner>,
    types: PhantomData<fn() -> P>,
}

struct Inner {
    store: Store,
    participant: Arc<Table>,
    /// By name: the table of what is given, and that of outcomes.
    activities: HashMap<String, (Arc<Table>, Arc<Table>)>,
    repetitions: Reserved,
}

impl<P> Clone for SqlVault<P> {
    fn clone(&self) -> Self {
        Self { inner: Arc::clone(&self.inner), types: PhantomData }
    }
}

impl<P> fmt::Debug for SqlVault<P> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SqlVault({})", self.inner.store.deployment())
    }
}

/// One page of many records.
#[derive(Debug, Clone, PartialEq)]
pub struct Page<R> {
    /// The records, in an order that says nothing.
    pub records: Vec<Stored<R>>,
    /// Where the next page begins; `None` after the last.
    pub next: Option<Cursor>,
}

/// Where a page begins.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Cursor(RowId);

impl<P: PepRecord + Send + Sync + 'static> SqlVault<P> {
    /// A vault at this URL, `sqlite:FILE` or `postgres://…`, with its keys elsewhere.
    pub fn builder(url: impl Into<String>, keys: impl KeyStore) -> VaultBuilder<P> {
        VaultBuilder::new(url.into(), Arc::new(keys))
    }

    fn tables(&self, activity: &str) -> Result<&(Arc<Table>, Arc<Table>), VaultError> {
        self.inner.activities.get(activity).ok_or_else(|| {
            VaultError::Settings(format!("the vault was opened without the activity `{activity}`"))
        })
    }

    fn given<A: Activity>(&self) -> Result<&Table, VaultError> {
        self.tables(activity_name::<A>()).map(|(given, _)| &**given)
    }

    fn outcome<A: Activity>(&self) -> Result<&Table, VaultError> {
        self.tables(activity_name::<A>()).map(|(_, outcome)| &**outcome)
    }

    fn lookup(&self, who: Who<'_>) -> Lookup {
        self.inner.store.keys.index().person(who.domain, &who.pseudonym)
    }

    /// Keeps an outcome of somebody under a page number. They need not be registered.
    ///
    /// # Errors
    ///
    /// [`VaultError::Conflict`] where there is one on this page, [`VaultError::Erased`] where somebody in it is erased,
    /// and what the databases refuse.
    pub async fn put_outcome<A: Activity>(
        &self,
        who: Who<'_>,
        page: u16,
        outcome: &A::Outcome,
    ) -> Result<Version, VaultError> {
        let table = self.outcome::<A>()?;
        let outcomes = [(who.pseudonym, outcome)];
        one(self.put_all::<A::Outcome>(table, who.domain, &outcomes, Mode::Outcome(page)).await?)
    }

    /// Keeps outcomes, each as the next of its person, in one transaction, with a result for each.
    ///
    /// # Errors
    ///
    /// What the databases refuse; then none is kept.
    pub async fn add_outcomes<A: Activity>(
        &self,
        domain: &Domain,
        outcomes: &[(Pseudonym, &A::Outcome)],
    ) -> Result<Vec<Result<Version, VaultError>>, VaultError> {
        self.put_all::<A::Outcome>(self.outcome::<A>()?, domain, outcomes, Mode::Next).await
    }

    /// Keeps what each of these people is given, in one transaction, with a result for each. They need not be
    /// registered.
    ///
    /// # Errors
    ///
    /// What the databases refuse; then none is kept.
    pub async fn put_batch<A: Activity>(
        &self,
        domain: &Domain,
        records: &[(Pseudonym, &A)],
    ) -> Result<Vec<Result<Version, VaultError>>, VaultError> {
        self.put_all::<A>(self.given::<A>()?, domain, records, Mode::Create).await
    }

    /// Registers somebody. Who was erased begins a new life.
    ///
    /// # Errors
    ///
    /// [`VaultError::Conflict`] where they are registered, and what the databases refuse.
    pub async fn register(&self, who: Who<'_>, info: &P) -> Result<Version, VaultError> {
        let table = &self.inner.participant;
        one(self.put_all::<P>(table, who.domain, &[(who.pseudonym, info)], Mode::Create).await?)
    }

    /// [`register`](Self::register) for many, in one transaction, with a result for each.
    ///
    /// # Errors
    ///
    /// What the databases refuse; then none of them is registered.
    pub async fn register_batch(
        &self,
        domain: &Domain,
        people: &[(Pseudonym, &P)],
    ) -> Result<Vec<Result<Version, VaultError>>, VaultError> {
        self.put_all::<P>(&self.inner.participant, domain, people, Mode::Create).await
    }

    async fn put_all<R: PepRecord>(
        &self,
        table: &Table,
        domain: &Domain,
        records: &[(Pseudonym, &R)],
        mode: Mode,
    ) -> Result<Vec<Result<Version, VaultError>>, VaultError> {
        let plain = records.iter().map(|(_, record)| record.to_plain());
        let plain: Vec<_> = plain.collect::<Result<_, _>>().map_err(|error| {
            // It names the field and the bound, never the value.
            VaultError::Invalid(error.to_string())
        })?;
        let items: Vec<_> =
            records.iter().zip(&plain).map(|((who, _), record)| Item { who: *who, record }).collect();
        let results = self.inner.store.put(table, domain, &items, mode, false, None).await?;
        Ok(results.into_iter().map(|result| result.map_err(VaultError::from)).collect())
    }

    /// What somebody was given; `None` where it is nothing.
    ///
    /// # Errors
    ///
    /// [`VaultError::Tampered`] and the other reasons why a record does not open, and what the databases refuse.
    pub async fn get<A: Activity>(
        &self,
        who: Who<'_>,
        purpose: &Purpose,
    ) -> Result<Option<Stored<A>>, VaultError> {
        let table = self.given::<A>()?;
        let lookup = self.lookup(who);
        let mut found = self.inner.store.read_given(purpose, table, &[lookup]).await?;
        found.remove(&lookup).map(|found| stored(found?, table)).transpose()
    }

    /// The outcomes of somebody, also those of others that name them, in the order of their pages.
    ///
    /// # Errors
    ///
    /// As [`get`](Self::get).
    pub async fn outcomes<A: Activity>(
        &self,
        who: Who<'_>,
        purpose: &Purpose,
    ) -> Result<Vec<Stored<A::Outcome>>, VaultError> {
        let table = self.outcome::<A>()?;
        let lookup = self.lookup(who);
        let pages = self.inner.store.pages(table, &[lookup]).await?.remove(&lookup).unwrap_or_default();
        let rows: Vec<_> = pages.iter().map(|(row, _)| *row).collect();
        let raw = self.inner.store.by_rows(table, &rows).await?;
        let opened = self.inner.store.open_for(purpose, table, &raw).await?;
        let mut by_row: HashMap<RowId, _> = raw.iter().map(|raw| raw.row).zip(opened).collect();
        rows.iter().filter_map(|row| by_row.remove(row)).map(|found| stored(found?, table)).collect()
    }

    /// [`get`](Self::get) for many, in the same order.
    ///
    /// # Errors
    ///
    /// As [`get`](Self::get).
    pub async fn get_many<A: Activity>(
        &self,
        domain: &Domain,
        people: &[Pseudonym],
        purpose: &Purpose,
    ) -> Result<Vec<Option<Stored<A>>>, VaultError> {
        let table = self.given::<A>()?;
        let lookups = self.inner.store.lookups(domain, people);
        let mut found = self.inner.store.read_given(purpose, table, &lookups).await?;
        let found =
            lookups.iter().map(|who| found.remove(who).map(|found| stored(found?, table)).transpose());
        found.collect()
    }

    /// [`outcomes`](Self::outcomes) for many, in the same order.
    ///
    /// # Errors
    ///
    /// As [`get`](Self::get).
    pub async fn outcomes_many<A: Activity>(
        &self,
        domain: &Domain,
        people: &[Pseudonym],
        purpose: &Purpose,
    ) -> Result<Vec<Vec<Stored<A::Outcome>>>, VaultError> {
        let table = self.outcome::<A>()?;
        let store = &self.inner.store;
        let lookups = store.lookups(domain, people);
        let pages = store.pages(table, &lookups).await?;
        let rows: Vec<_> = pages.values().flatten().map(|(row, _)| *row).collect();
        let raw = store.by_rows(table, &rows).await?;
        let opened = store.open_for(purpose, table, &raw).await?;
        let by_row: HashMap<RowId, _> = raw.iter().map(|raw| raw.row).zip(opened).collect();
        let of = |who| {
            let rows = pages.get(who).map(Vec::as_slice).unwrap_or_default();
            let found = rows.iter().filter_map(|(row, _)| by_row.get(row));
            found.map(|found| typed(found.as_ref().map_err(VaultError::again)?, table)).collect()
        };
        lookups.iter().map(of).collect()
    }

    /// Replaces what somebody was given, if it still has the version that was read.
    ///
    /// # Errors
    ///
    /// [`VaultError::Conflict`] where it has another version, [`VaultError::NotFound`], [`VaultError::Erased`],
    /// [`VaultError::Hold`], and what the databases refuse.
    pub async fn update<A: Activity>(
        &self,
        who: Who<'_>,
        expected: Version,
        record: &A,
    ) -> Result<Version, VaultError> {
        let table = self.given::<A>()?;
        one(self
            .put_all::<A>(table, who.domain, &[(who.pseudonym, record)], Mode::Replace(Some(expected)))
            .await?)
    }

    /// A page of all that was given in an activity.
    ///
    /// # Errors
    ///
    /// As [`get`](Self::get).
    pub async fn scan<A: Activity>(
        &self,
        purpose: &Purpose,
        after: Option<Cursor>,
        limit: u32,
    ) -> Result<Page<A>, VaultError> {
        self.page(self.given::<A>()?, purpose, after, limit).await
    }

    /// A page of all outcomes of an activity.
    ///
    /// # Errors
    ///
    /// As [`get`](Self::get).
    pub async fn scan_outcomes<A: Activity>(
        &self,
        purpose: &Purpose,
        after: Option<Cursor>,
        limit: u32,
    ) -> Result<Page<A::Outcome>, VaultError> {
        self.page(self.outcome::<A>()?, purpose, after, limit).await
    }

    async fn page<R: PepRecord>(
        &self,
        table: &Table,
        purpose: &Purpose,
        after: Option<Cursor>,
        limit: u32,
    ) -> Result<Page<R>, VaultError> {
        let raw = self.inner.store.rows_after(table, after.map(|after| after.0), limit).await?;
        let full = raw.len() >= usize::try_from(limit).unwrap_or(usize::MAX);
        let next = raw.last().filter(|_| full).map(|last| Cursor(last.row));
        let opened = self.inner.store.open_for(purpose, table, &raw).await?;
        let records = opened.into_iter().map(|found| stored(found?, table)).collect::<Result<_, _>>()?;
        Ok(Page { records, next })
    }

    /// How much is kept about somebody in an activity. Nothing is opened.
    ///
    /// # Errors
    ///
    /// What the databases refuse.
    pub async fn kept<A: Activity>(&self, who: Who<'_>) -> Result<KeptCounts, VaultError> {
        let lookup = self.lookup(who);
        let (given, outcome) = (self.given::<A>()?, self.outcome::<A>()?);
        let counts = self.inner.store.counts(Some(given), Some(outcome), &[lookup]).await?;
        Ok(counts.get(&lookup).copied().unwrap_or_default().into())
    }

    /// Closes the connections to both databases.
    pub async fn close(&self) {
        self.inner.store.db.close().await;
        self.inner.store.keys.close().await;
    }
}

impl From<Refusal> for VaultError {
    fn from(refusal: Refusal) -> Self {
        match refusal {
            Refusal::NotFound => VaultError::NotFound,
            Refusal::Conflict(found) => VaultError::Conflict { found },
            Refusal::Erased => VaultError::Erased,
            Refusal::Hold => VaultError::Hold,
            Refusal::Invalid => VaultError::Invalid("the record does not say who its subject is".to_owned()),
        }
    }
}

fn one(mut results: Vec<Result<Version, VaultError>>) -> Result<Version, VaultError> {
    results.pop().unwrap_or(Err(VaultError::NotFound))
}

fn stored<R: PepRecord>(found: Found, table: &Table) -> Result<Stored<R>, VaultError> {
    typed(&found, table)
}

fn typed<R: PepRecord>(found: &Found, table: &Table) -> Result<Stored<R>, VaultError> {
    match found {
        Found::Erased => {
            let declared = table.layout.schema.content_fingerprint();
            Ok(Stored { record: Opened::Erased, version: 0, declared })
        }
        Found::Open(opened) => {
            let record = R::from_plain(&opened.record)
                .map_err(|_| VaultError::Tampered { table: table.name.clone() })?;
            let record = if opened.erased.is_empty() {
                Opened::Whole(record)
            } else {
                Opened::Partly { record, erased: opened.erased.clone() }
            };
            Ok(Stored { record, version: opened.version, declared: opened.declared })
        }
    }
}

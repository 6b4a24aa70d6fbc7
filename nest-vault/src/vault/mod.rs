//! The vault as a program meets it: typed records over the store that knows declarations only.

mod builder;
mod kept;
mod repetitions;
mod source;
mod untyped;

use std::collections::HashMap;
use std::fmt;
use std::marker::PhantomData;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use nest_core::{Domain, PepRecord, Pseudonym};
use nest_source::{Activity, Purpose, activity_name};
use serde_json::Value as Json;

pub use builder::VaultBuilder;
pub use kept::{Kept, KeptCounts, Opened, Stored};
pub use source::Checked;
pub use untyped::{TableStatus, UntypedSettings, UntypedVault};

use crate::error::VaultError;
use crate::id::{Lookup, RowId};
use crate::keys::{Finality, KeyHealth, KeyStore};
use crate::ledger::Ledger;
use crate::master::Master;
use crate::reason::Reason;
use crate::store::{
    ErasureReport, Expired, Found, Held, Item, Mode, Refusal, RunStore, SeriesStore, Store, Table, Verified,
    Version, Who,
};
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
    /// What the databases refuse; then nobody is registered.
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

    /// Erases somebody: their key is destroyed, and with it what is sealed here and in every backup of the records. It
    /// may be repeated.
    ///
    /// Copies of the key store open it still, until [`finalise`](Self::finalise).
    ///
    /// # Errors
    ///
    /// [`VaultError::NotFound`] where nothing is known of them. After any other error the erasure has begun, and is
    /// completed when this is called again or the vault is opened.
    pub async fn erase(&self, who: Who<'_>, reason: &Reason) -> Result<ErasureReport, VaultError> {
        self.inner.store.erase(self.lookup(who), reason, false).await
    }

    /// [`erase`](Self::erase), and removes the rows, which otherwise stay without content.
    ///
    /// # Errors
    ///
    /// As [`erase`](Self::erase).
    pub async fn purge(&self, who: Who<'_>, reason: &Reason) -> Result<ErasureReport, VaultError> {
        self.inner.store.erase(self.lookup(who), reason, true).await
    }

    /// Puts what somebody was given on hold: it stays as it is, also when they are erased, until it is released.
    ///
    /// # Errors
    ///
    /// [`VaultError::NotFound`], [`VaultError::Hold`] where it is on hold, and what the databases refuse.
    pub async fn hold<A: Activity>(&self, who: Who<'_>, reason: &Reason) -> Result<RowId, VaultError> {
        let table = self.given::<A>()?;
        let owner = self.lookup(who);
        let sql = format!("SELECT row_id FROM {} WHERE owner = $1 AND page = 0", table.quoted());
        let rows = self.inner.store.db.query(&sql, &[owner.to_bytes().into()]).await?;
        let row = RowId(rows.first().ok_or(VaultError::NotFound)?.array(0)?);
        self.inner.store.hold(table, row, reason).await?;
        Ok(row)
    }

    /// Puts an outcome on hold.
    ///
    /// # Errors
    ///
    /// As [`hold`](Self::hold).
    pub async fn hold_outcome<A: Activity>(
        &self,
        who: Who<'_>,
        page: u16,
        reason: &Reason,
    ) -> Result<RowId, VaultError> {
        let table = self.outcome::<A>()?;
        let owner = self.lookup(who);
        let pages = self.inner.store.pages(table, &[owner]).await?.remove(&owner).unwrap_or_default();
        let row = pages.into_iter().filter(|(_, left)| *left).nth(usize::from(page));
        let (row, _) = row.ok_or(VaultError::NotFound)?;
        self.inner.store.hold(table, row, reason).await?;
        Ok(row)
    }

    /// Releases a record. Where its person was erased meanwhile, the erasure reaches it now.
    ///
    /// # Errors
    ///
    /// [`VaultError::NotFound`] where it is not on hold, and what the databases refuse.
    pub async fn release(&self, row: RowId) -> Result<(), VaultError> {
        self.inner.store.release(row).await
    }

    /// Everything on hold.
    ///
    /// # Errors
    ///
    /// What the databases refuse.
    pub async fn holds(&self) -> Result<Vec<Held>, VaultError> {
        self.inner.store.holds().await
    }

    /// Wraps every key with a new master key, while others read and write. `progress` is told after each page how many
    /// keys are done, and how many there were at the beginning. Stopped, it goes on where it was.
    ///
    /// # Errors
    ///
    /// [`VaultError::WrongMaster`] where a key is wrapped with a master key that this process does not have, and what
    /// the key store refuses.
    pub async fn rotate_master(
        &self,
        new: &Master,
        progress: impl FnMut(u64, u64) + Send,
    ) -> Result<u64, VaultError> {
        self.inner.store.rotate_master(new, progress).await
    }

    /// Gives up every master key but the current one, and says which to destroy. After that no earlier copy of the key
    /// store opens what was erased.
    ///
    /// # Errors
    ///
    /// [`VaultError::Settings`] while a key is wrapped with another master key: rotate first.
    pub async fn finalise(&self) -> Result<Finality, VaultError> {
        Ok(self.inner.store.keys.retire_masters().await?)
    }

    /// The state of the key store.
    ///
    /// # Errors
    ///
    /// What it refuses.
    pub async fn health(&self) -> Result<KeyHealth, VaultError> {
        Ok(self.inner.store.keys.health().await?)
    }

    /// Everything that is kept about somebody, as JSON for one file.
    ///
    /// # Errors
    ///
    /// As [`get`](Self::get).
    pub async fn export(&self, who: Who<'_>, purpose: &Purpose) -> Result<Json, VaultError> {
        self.inner.store.export(self.lookup(who), purpose).await
    }

    /// Removes what has come to its end today. Call it once a day.
    ///
    /// # Errors
    ///
    /// What the databases refuse.
    pub async fn expire(&self) -> Result<Expired, VaultError> {
        self.inner.store.expire(crate::day::today()).await
    }

    /// What a computation keeps between its steps, for at most this time.
    pub fn run(&self, run: &str, time: Duration) -> RunStore<'_> {
        self.inner.store.run(run, time)
    }

    /// Series of people in a domain: bytes that are no records, such as the readings of a sensor, each part sealed
    /// under the person's key.
    pub fn series(&self, domain: &Domain) -> SeriesStore<'_> {
        self.inner.store.series(domain)
    }

    /// Seals every record anew that is in another suite or by an earlier declaration. Returns how many there were.
    ///
    /// # Errors
    ///
    /// As [`get`](Self::get); it may be called again.
    pub async fn reseal(&self) -> Result<u64, VaultError> {
        self.inner.store.reseal(false, |_| ()).await
    }

    /// Opens a sample of the records, or all, and compares the databases, the ledger and the files.
    ///
    /// # Errors
    ///
    /// What the databases refuse. What is wrong in them is no error, and is told in the answer.
    pub async fn verify(&self, all: bool) -> Result<Verified, VaultError> {
        self.inner.store.verify(all, |_| ()).await
    }

    /// Carries out the erasures of another ledger of this vault: that of another instance, or a copy.
    ///
    /// # Errors
    ///
    /// [`VaultError::Ledger`], and what the databases refuse.
    pub async fn replay_ledger(&self, path: impl AsRef<Path>) -> Result<u64, VaultError> {
        let store = &self.inner.store;
        let faults = store.db.faults().clone();
        let (_, erasures) = Ledger::open(path.as_ref(), store.deployment(), None, faults)?;
        store.replay(&erasures).await
    }

    /// The hash of the last line of the erasure ledger. Note it elsewhere: with it an older copy is told.
    ///
    /// # Errors
    ///
    /// [`VaultError::Ledger`]
    pub fn ledger_head(&self) -> Result<String, VaultError> {
        Ok(self.inner.store.ledger.head()?.0)
    }

    /// Closes the connections to both databases.
    pub async fn close(&self) {
        self.inner.store.db.close().await;
        self.inner.store.keys.close().await;
    }
}

impl Store {
    pub(crate) async fn rotate_master(
        &self,
        new: &Master,
        mut progress: impl FnMut(u64, u64) + Send,
    ) -> Result<u64, VaultError> {
        let total = self.keys.health().await?.masters.iter().map(|(_, keys)| keys).sum();
        let mut done = 0;
        loop {
            match self.keys.rewrap_page(new).await? {
                0 => return Ok(done),
                page => done += page,
            }
            progress(done, total);
        }
    }
}

impl From<Refusal> for VaultError {
    fn from(refusal: Refusal) -> Self {
        match refusal {
            Refusal::NotFound => VaultError::NotFound,
            Refusal::Conflict(found) => VaultError::Conflict { found },
            Refusal::Erased => VaultError::Erased,
            Refusal::Hold => VaultError::Hold,
            Refusal::Invalid => VaultError::Invalid("the record names nobody as its subject".to_owned()),
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

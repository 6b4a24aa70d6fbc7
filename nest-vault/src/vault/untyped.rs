//! The vault without the Rust types of its records, for its operators: the declarations are read from the vault.

use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use nest_core::{Domain, Pseudonym};
use nest_source::Purpose;
use serde_json::Value as Json;

use crate::access::AccessLog;
use crate::database::Faults;
use crate::envelope::Suite;
use crate::error::VaultError;
use crate::id::{Deployment, RowId};
use crate::keys::{Finality, KeyHealth, KeyStore};
use crate::ledger::Ledger;
use crate::master::Master;
use crate::reason::Reason;
use crate::store::{Content, ErasureReport, Held, Opening, SeriesStore, Store, Verified};

/// What an [`UntypedVault`] is opened with.
#[derive(Debug, Clone)]
pub struct UntypedSettings {
    /// The URL of the records.
    pub records: String,
    /// The file of the erasure ledger.
    pub ledger: PathBuf,
    /// A noted head of the ledger, without which it is an older copy.
    pub ledger_head: Option<String>,
    /// Whether to go on where the ledger is lost.
    pub accept_lost_ledger: bool,
    /// The access log.
    pub access: AccessLog,
    /// What is sealed anew is sealed with this suite.
    pub suite: Suite,
    /// Whether tables are brought up to this version.
    pub migrate: bool,
}

/// A vault of any declarations, for its operator. It can do all that needs no Rust type of the records.
pub struct UntypedVault {
    store: Store,
}

/// One kind of records of a vault.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct TableStatus {
    /// The name of the table.
    pub table: String,
    /// How many records there are.
    pub records: u64,
    /// Of how many nothing is left.
    pub erased: u64,
    /// How many are on hold.
    pub held: u64,
}

impl fmt::Debug for UntypedVault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "UntypedVault({})", self.store.deployment())
    }
}

impl UntypedVault {
    /// Opens a vault; erasures that were stopped are completed.
    ///
    /// # Errors
    ///
    /// As [`VaultBuilder::open`](crate::VaultBuilder::open).
    pub async fn open(settings: &UntypedSettings, keys: impl KeyStore) -> Result<Self, VaultError> {
        let opening = Opening {
            url: &settings.records,
            keys: Arc::new(keys),
            ledger: &settings.ledger,
            ledger_head: settings.ledger_head.as_deref(),
            accept_lost_ledger: settings.accept_lost_ledger,
            access: settings.access.clone(),
            suite: settings.suite,
            migrate: settings.migrate,
            faults: Faults::default(),
        };
        let store = Store::open(opening).await?;
        store.register_all().await?;
        Ok(Self { store })
    }

    /// Which vault it is.
    pub fn deployment(&self) -> Deployment {
        self.store.deployment()
    }

    /// How many records of each kind there are.
    ///
    /// # Errors
    ///
    /// What the databases refuse.
    pub async fn tables(&self) -> Result<Vec<TableStatus>, VaultError> {
        let mut tables = Vec::new();
        for table in self.store.tables() {
            let sql = format!("SELECT state, COUNT(*) FROM {} GROUP BY state", table.quoted());
            let mut status = TableStatus { table: table.name.clone(), records: 0, erased: 0, held: 0 };
            for row in self.store.db.query(&sql, &[]).await? {
                match row.int(0)? {
                    2 => status.erased += row.count(1)?,
                    1 | 3 => status.held += row.count(1)?,
                    _ => status.records += row.count(1)?,
                }
            }
            tables.push(status);
        }
        Ok(tables)
    }

    /// The state of the key store.
    ///
    /// # Errors
    ///
    /// What it refuses.
    pub async fn health(&self) -> Result<KeyHealth, VaultError> {
        Ok(self.store.keys.health().await?)
    }

    /// The hash of the last line of the ledger, to be noted elsewhere.
    ///
    /// # Errors
    ///
    /// [`VaultError::Ledger`]
    pub fn ledger_head(&self) -> Result<String, VaultError> {
        Ok(self.store.ledger.head()?.0)
    }

    /// As [`SqlVault::erase`](crate::SqlVault::erase) and [`purge`](crate::SqlVault::purge).
    ///
    /// # Errors
    ///
    /// As there.
    pub async fn erase(
        &self,
        domain: &Domain,
        who: &Pseudonym,
        reason: &Reason,
        purge: bool,
    ) -> Result<ErasureReport, VaultError> {
        let person = self.store.keys.index().person(domain, who);
        self.store.erase(person, reason, purge).await
    }

    /// Series of people in a domain, as [`SqlVault::series`](crate::SqlVault::series).
    pub fn series(&self, domain: &Domain) -> SeriesStore<'_> {
        self.store.series(domain)
    }

    /// Puts a record on hold: what somebody was given in an activity, or one of their outcomes.
    ///
    /// # Errors
    ///
    /// [`VaultError::NotFound`], [`VaultError::Hold`], and what the databases refuse.
    pub async fn hold(
        &self,
        domain: &Domain,
        who: &Pseudonym,
        activity: &str,
        page: Option<u16>,
        reason: &Reason,
    ) -> Result<RowId, VaultError> {
        let content = if page.is_some() { Content::Outcome } else { Content::Given };
        let table = self.store.tables().into_iter();
        let table = table
            .into_iter()
            .find(|table| table.content == content && table.activity == activity)
            .ok_or(VaultError::NotFound)?;
        let person = self.store.keys.index().person(domain, who);
        let pages = self.store.pages(&table, &[person]).await?.remove(&person).unwrap_or_default();
        let mut left = pages.into_iter().filter(|(_, left)| *left);
        let (row, _) = left.nth(usize::from(page.unwrap_or(0))).ok_or(VaultError::NotFound)?;
        self.store.hold(&table, row, reason).await?;
        Ok(row)
    }

    /// As [`SqlVault::release`](crate::SqlVault::release).
    ///
    /// # Errors
    ///
    /// As there.
    pub async fn release(&self, row: RowId) -> Result<(), VaultError> {
        self.store.release(row).await
    }

    /// Everything on hold.
    ///
    /// # Errors
    ///
    /// What the databases refuse.
    pub async fn holds(&self) -> Result<Vec<Held>, VaultError> {
        self.store.holds().await
    }

    /// As [`SqlVault::rotate_master`](crate::SqlVault::rotate_master).
    ///
    /// # Errors
    ///
    /// As there.
    pub async fn rotate_master(
        &self,
        new: &Master,
        progress: impl FnMut(u64, u64) + Send,
    ) -> Result<u64, VaultError> {
        self.store.rotate_master(new, progress).await
    }

    /// As [`SqlVault::finalise`](crate::SqlVault::finalise).
    ///
    /// # Errors
    ///
    /// As there.
    pub async fn finalise(&self) -> Result<Finality, VaultError> {
        Ok(self.store.keys.retire_masters().await?)
    }

    /// Seals anew what is in another suite. With `dry_run` it only counts.
    ///
    /// # Errors
    ///
    /// As [`SqlVault::reseal`](crate::SqlVault::reseal).
    pub async fn reseal(&self, dry_run: bool, progress: impl FnMut(u64)) -> Result<u64, VaultError> {
        self.store.reseal(dry_run, progress).await
    }

    /// As [`SqlVault::export`](crate::SqlVault::export).
    ///
    /// # Errors
    ///
    /// As there.
    pub async fn export(
        &self,
        domain: &Domain,
        who: &Pseudonym,
        purpose: &Purpose,
    ) -> Result<Json, VaultError> {
        let person = self.store.keys.index().person(domain, who);
        self.store.export(person, purpose).await
    }

    /// As [`SqlVault::verify`](crate::SqlVault::verify), with the number of records of each step for a progress bar.
    ///
    /// # Errors
    ///
    /// As there.
    pub async fn verify(&self, all: bool, progress: impl FnMut(u64)) -> Result<Verified, VaultError> {
        self.store.verify(all, progress).await
    }

    /// As [`SqlVault::replay_ledger`](crate::SqlVault::replay_ledger).
    ///
    /// # Errors
    ///
    /// As there.
    pub async fn replay_ledger(&self, path: &Path) -> Result<u64, VaultError> {
        let faults = self.store.db.faults().clone();
        let (_, erasures) = Ledger::open(path, self.store.deployment(), None, faults)?;
        self.store.replay(&erasures).await
    }
}

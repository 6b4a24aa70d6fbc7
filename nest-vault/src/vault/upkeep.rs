//! What is done to the vault as a whole and to all that is kept of a person: erasure, holds, exports, keys and checks.

use std::path::Path;
use std::time::Duration;

use nest_core::{Domain, PepRecord};
use nest_source::{Activity, Purpose};
use serde_json::Value as Json;

use super::SqlVault;
use crate::error::VaultError;
use crate::id::RowId;
use crate::keys::{Finality, KeyHealth};
use crate::ledger::Ledger;
use crate::master::Master;
use crate::reason::Reason;
use crate::store::{ErasureReport, Expired, Held, RunStore, SeriesStore, Store, Verified, Who};

impl<P: PepRecord + Send + Sync + 'static> SqlVault<P> {
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

//! What a computation of several steps keeps between them: sealed, versioned, and gone at the end.

use std::fmt;
use std::time::Duration;

use super::{Store, Version};
use crate::access::Opening;
use crate::database::{Param, signed};
use crate::day;
use crate::envelope::{Envelope, PersonKey, Place, Suite, seal};
use crate::error::VaultError;
use crate::id::{Lookup, RowId};
use crate::keys::Erased;
use nest_source::Purpose;

const TABLE: &str = "run";

/// The store of one run. What it keeps is sealed with a key of the run's own, which is destroyed at its end.
pub struct RunStore<'a> {
    store: &'a Store,
    run: Lookup,
    time: Duration,
}

/// One thing that a run keeps.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RunItem {
    /// The step it was put for.
    pub step: u32,
    /// By which name.
    pub name: String,
    /// Its newest version, from 1.
    pub version: Version,
}

impl fmt::Debug for RunStore<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("RunStore(…)")
    }
}

impl Store {
    pub(crate) fn run(&self, run: &str, time: Duration) -> RunStore<'_> {
        RunStore { store: self, run: self.keys.index().run(run), time }
    }
}

impl RunStore<'_> {
    /// Keeps bytes under a name, in a new version, for the run's time to live from now.
    ///
    /// # Errors
    ///
    /// What the databases refuse.
    pub async fn put(&self, step: u32, name: &str, bytes: &[u8]) -> Result<Version, VaultError> {
        let key = self.key().await?;
        let seconds = i64::try_from(self.time.as_secs()).unwrap_or(i64::MAX);
        let until = day::seconds().saturating_add(seconds);
        let mut tx = self.store.db.begin().await?;
        let params: [Param; 3] = [self.run.0.into(), i64::from(step).into(), name.into()];
        let sql = "SELECT COALESCE(MAX(version), 0) + 1 FROM run WHERE run = $1 AND step = $2 AND name = $3";
        let rows = tx.query(sql, &params).await?;
        let version = rows.first().map_or(Ok(1), |row| row.count(0))?;
        let row = RowId::random();
        let slot = slot(step, name);
        let sealed = seal(&key, &self.place(row, &slot, version), bytes);
        let sealed = sealed.map_err(|error| VaultError::of_envelope(error, TABLE))?;
        let [run, step, name] = params;
        let values = vec![run, step, name, signed(version).into(), row.0.into(), until.into(), sealed.into()];
        let head = "INSERT INTO run (run, step, name, version, row_id, until, sealed)";
        tx.insert(head, &[values], "").await?;
        tx.commit().await?;
        Ok(version)
    }

    /// The newest version of what was kept under a name, which is removed with those before it. `None` where there is
    /// none, or its time is over.
    ///
    /// # Errors
    ///
    /// [`VaultError::Tampered`], and what the databases refuse.
    pub async fn take(&self, step: u32, name: &str) -> Result<Option<Vec<u8>>, VaultError> {
        let sql = "SELECT version, row_id, sealed FROM run WHERE run = $1 AND step = $2 AND name = $3 \
                   AND until > $4 ORDER BY version DESC LIMIT 1";
        let params: [Param; 3] = [self.run.0.into(), i64::from(step).into(), name.into()];
        let now = [params.as_slice(), &[day::seconds().into()]].concat();
        let key = self.key().await?;
        let mut tx = self.store.db.begin().await?;
        let rows = tx.query(sql, &now).await?;
        let Some(found) = rows.first() else { return Ok(None) };
        let (version, row, sealed) = (found.count(0)?, RowId(found.array(1)?), found.bytes(2)?);
        let slot = slot(step, name);
        let place = self.place(row, &slot, version);
        let opened = Envelope::read(&sealed).and_then(|envelope| envelope.open(&key, &place));
        let opened = opened.map_err(|error| VaultError::of_envelope(error, TABLE))?;
        let purpose = Purpose::new("run").map_err(|_| VaultError::NotFound)?;
        let opening = Opening { opened: 1, ..Opening::default() };
        self.store.access.note(&purpose, TABLE, opening).await.map_err(VaultError::AccessLog)?;
        tx.execute("DELETE FROM run WHERE run = $1 AND step = $2 AND name = $3", &params).await?;
        tx.commit().await?;
        Ok(Some(opened.to_vec()))
    }

    /// What is kept, by step and name.
    ///
    /// # Errors
    ///
    /// What the databases refuse.
    pub async fn list(&self) -> Result<Vec<RunItem>, VaultError> {
        let sql = "SELECT step, name, MAX(version) FROM run WHERE run = $1 AND until > $2 \
                   GROUP BY step, name ORDER BY step, name";
        let rows = self.store.db.query(sql, &[self.run.0.into(), day::seconds().into()]).await?;
        let mut items = Vec::with_capacity(rows.len());
        for row in &rows {
            let step = u32::try_from(row.int(0)?).unwrap_or(u32::MAX);
            items.push(RunItem { step, name: row.text(1)?, version: row.count(2)? });
        }
        Ok(items)
    }

    /// Removes everything of the run, and destroys its key.
    ///
    /// # Errors
    ///
    /// What the databases refuse; it may be repeated.
    pub async fn end(&self) -> Result<(), VaultError> {
        let key = self.key().await?.id();
        self.store.keys.discard(&[key]).await?;
        let mut tx = self.store.db.begin().await?;
        tx.execute("DELETE FROM run WHERE run = $1", &[self.run.0.into()]).await?;
        tx.commit().await?;
        Ok(self.store.db.scrub(&[TABLE]).await?)
    }

    /// A run may keep more at once than CCM can seal.
    async fn key(&self) -> Result<PersonKey, VaultError> {
        let living = self.store.keys.ensure(&[self.run], Suite::Aes256GcmSiv, Erased::NewLife).await?;
        living.into_iter().flatten().next().map(|living| living.key).ok_or(VaultError::Erased)
    }

    fn place<'b>(&self, row: RowId, slot: &'b str, version: Version) -> Place<'b> {
        Place { deployment: self.store.deployment(), table: TABLE, row, slot, version, declared: [0; 16] }
    }
}

fn slot(step: u32, name: &str) -> String {
    format!("{step}/{name}")
}

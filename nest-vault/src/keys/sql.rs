//! A key store in a database of its own.

use std::collections::HashMap;
use std::fmt;
use std::sync::{Arc, Mutex, PoisonError, RwLock};
use std::time::Duration;

use async_trait::async_trait;
use tokio::task::AbortHandle;
use zeroize::Zeroizing;

use super::tables::{MIGRATIONS, SECRET};
use super::wrapping::Wrapping;
use super::{Cache, Erased, Finality, KeyError, KeyHealth, KeyStore, Living, Mark, Unwrapped};
use crate::database::{Database, DatabaseError, Faults, Kind, Param, Row, Tx, is_missing};
use crate::day::{self, Day};
use crate::envelope::Suite;
use crate::id::{Deployment, KeyId, Lookup, MasterId};
use crate::master::Master;
use crate::reason::Reason;
use crate::secret::{self, IndexSecret};

/// How long an unwrapped key stays in memory unless [`SqlKeys::cache`] says otherwise.
const CACHE_TIME: Duration = Duration::from_secs(30);

/// How many do.
const CACHED: usize = 100_000;

/// A key store in SQLite (`sqlite:FILE`) or PostgreSQL (`postgres://…`), with credentials of its own.
///
/// Keep it where the records are not: another file on another disk, another database user. In one PostgreSQL database
/// give it a schema of its own, `?options=-csearch_path=keys`, which is made where it is missing.
#[derive(Clone)]
pub struct SqlKeys {
    inner: Arc<Inner>,
}

pub(super) struct Inner {
    pub(super) db: Database,
    pub(super) deployment: Deployment,
    pub(super) secret: Zeroizing<[u8; 32]>,
    index: IndexSecret,
    pub(super) masters: RwLock<Vec<Wrapping>>,
    pub(super) cache: Cache,
    listener: Mutex<Option<AbortHandle>>,
}

/// It listens no longer than the store is there.
impl Drop for Inner {
    fn drop(&mut self) {
        self.stop_listening();
    }
}

impl SqlKeys {
    /// Makes a new key store for a new vault.
    ///
    /// A store without any key that this master key belongs to is taken as it is: `init` was stopped.
    ///
    /// # Errors
    ///
    /// [`KeyError::Setup`] where there is one in use, and what the database refuses.
    pub async fn create(url: &str, master: &Master) -> Result<Self, KeyError> {
        Self::create_with(url, master, Faults::default()).await
    }

    #[doc(hidden)]
    pub async fn create_with(url: &str, master: &Master, faults: Faults) -> Result<Self, KeyError> {
        let db = Database::open(url, true, faults.clone()).await?;
        db.migrate(&MIGRATIONS).await?;
        let mut tx = db.begin().await?;
        if kind_of(&tx.query("SELECT value FROM meta WHERE name = 'kind'", &[]).await?)?.is_none() {
            let deployment = Deployment::random();
            let key = master.keys().next().ok_or(KeyError::Damaged)?;
            let secret = Zeroizing::new(rand::random::<[u8; 32]>());
            let wrapped = secret::wrap(&secret, key, deployment).ok_or(KeyError::Damaged)?;
            let meta = [("kind", b"keys".to_vec()), ("deployment", deployment.0.to_vec())];
            let meta = meta.map(|(name, value)| vec![name.into(), value.into()]);
            tx.insert("INSERT INTO meta (name, value)", &meta, "").await?;
            let master = vec![
                key.id().0.into(),
                key.check_value(deployment).into(),
                wrapped.into(),
                "current".into(),
                day::today().into(),
            ];
            tx.insert("INSERT INTO master (id, check_value, index_secret, state, day)", &[master], "")
                .await?;
            tx.commit().await?;
        } else {
            let used = "SELECT (SELECT COUNT(*) FROM person_key) + (SELECT COUNT(*) FROM erased)";
            let rows = tx.query(used, &[]).await?;
            if rows.first().map_or(Ok(0), |row| row.int(0))? != 0 {
                return Err(KeyError::Setup("there is a key store in use at this URL already"));
            }
            drop(tx);
        }
        Self::of(db, master).await
    }

    /// Opens a key store, and brings its tables up to this version.
    ///
    /// # Errors
    ///
    /// [`KeyError::WrongMaster`] where `master` is not the one that the keys are wrapped with, told by a check value
    /// and before anything is read or written; [`KeyError::Setup`] where there is no key store.
    pub async fn open(url: &str, master: Master) -> Result<Self, KeyError> {
        Self::open_with(url, master, true, Faults::default()).await
    }

    #[doc(hidden)]
    pub async fn open_with(
        url: &str,
        master: Master,
        migrate: bool,
        faults: Faults,
    ) -> Result<Self, KeyError> {
        let db = Database::open(url, false, faults).await.map_err(|error| match error {
            DatabaseError::ReadOnly if is_missing(url) => {
                KeyError::Setup("the file of the key store is missing: run `nest-vault init`")
            }
            other => other.into(),
        })?;
        if db.migrated().await? == 0 {
            return Err(KeyError::Setup("there is no key store at this URL: run `nest-vault init`"));
        }
        if migrate {
            db.migrate(&MIGRATIONS).await?;
        } else if db.migrated().await? < MIGRATIONS.len() {
            return Err(DatabaseError::Schema.into());
        }
        Self::of(db, &master).await
    }

    async fn of(db: Database, master: &Master) -> Result<Self, KeyError> {
        match kind_of(&db.query("SELECT value FROM meta WHERE name = 'kind'", &[]).await?)?.as_deref() {
            Some(b"keys") => {}
            _ => return Err(KeyError::Setup("the database at the URL of the keys is no key store")),
        }
        let rows = db.query("SELECT value FROM meta WHERE name = 'deployment'", &[]).await?;
        let deployment = Deployment(rows.first().ok_or(KeyError::Damaged)?.array(0)?);
        let rows = db.query("SELECT id, check_value, index_secret FROM master ORDER BY state", &[]).await?;
        let mut masters = Vec::new();
        let mut secret = None;
        let mut needed = None;
        for row in &rows {
            let id = MasterId(row.array(0)?);
            needed = needed.or(Some(id));
            let Some(held) = master.keys().find(|key| key.id() == id) else { continue };
            if !held.checks(deployment, &row.bytes(1)?) {
                return Err(KeyError::Damaged);
            }
            secret = secret.or(secret::unwrap(&row.bytes(2)?, held, deployment));
            masters.push(Wrapping::new(held.clone(), deployment).ok_or(KeyError::Damaged)?);
        }
        let Some(needed) = needed else { return Err(KeyError::Damaged) };
        if masters.is_empty() {
            return Err(KeyError::WrongMaster { needed });
        }
        let secret = secret.ok_or(KeyError::Damaged)?;
        let index = IndexSecret::new(&secret, deployment);
        let cache = Cache::new(CACHE_TIME, CACHED);
        let inner = Inner {
            db,
            deployment,
            secret,
            index,
            masters: RwLock::new(masters),
            cache,
            listener: Mutex::default(),
        };
        let keys = Self { inner: Arc::new(inner) };
        keys.listen().await?;
        Ok(keys)
    }

    /// For how long an unwrapped key may stay in memory, and how many may. An erasure elsewhere is seen after this time
    /// at the latest, and on PostgreSQL at once.
    #[must_use]
    pub fn cache(self, time: Duration, most: usize) -> Self {
        self.inner.cache.limit(time, most);
        self
    }

    /// Listens for erasures elsewhere, on PostgreSQL. It goes on until the store is dropped.
    async fn listen(&self) -> Result<(), KeyError> {
        let Some(pool) = self.inner.db.postgres() else { return Ok(()) };
        let mut listener =
            sqlx::postgres::PgListener::connect_with(pool).await.map_err(DatabaseError::from)?;
        listener.listen(&self.inner.channel()).await.map_err(DatabaseError::from)?;
        let inner = Arc::downgrade(&self.inner);
        let task = tokio::spawn(async move {
            loop {
                let received = listener.try_recv().await;
                let Some(inner) = inner.upgrade() else { return };
                match received {
                    Ok(Some(notice)) => match KeyId::from_hex(notice.payload()) {
                        Some(key) => inner.cache.forget(&[key]),
                        None => inner.cache.forget_all(),
                    },
                    // Notices may have been lost with the connection, which comes back by itself.
                    Ok(None) => inner.cache.forget_all(),
                    Err(_) => {
                        inner.cache.forget_all();
                        drop(inner);
                        tokio::time::sleep(Duration::from_secs(1)).await;
                    }
                }
            }
        });
        *self.inner.listener.lock().unwrap_or_else(PoisonError::into_inner) = Some(task.abort_handle());
        Ok(())
    }

    /// The file of SQLite, for a check that it is not that of the records.
    pub(crate) fn path(&self) -> Option<&std::path::Path> {
        self.inner.db.path()
    }
}

fn kind_of(rows: &[Row]) -> Result<Option<Vec<u8>>, DatabaseError> {
    rows.first().map(|row| row.bytes(0)).transpose()
}

impl Inner {
    pub(super) fn channel(&self) -> String {
        format!("nest_vault_{}", self.deployment)
    }

    fn stop_listening(&self) {
        if let Some(task) = self.listener.lock().unwrap_or_else(PoisonError::into_inner).take() {
            task.abort();
        }
    }

    /// Lets an erasure wait for those that are making keys, and those that come later for the erasure. SQLite's lock is
    /// for one writer anyway.
    pub(super) async fn lock(&self, tx: &mut Tx, alone: bool) -> Result<(), DatabaseError> {
        if tx.kind() == Kind::Postgres {
            let function = if alone { "pg_advisory_xact_lock" } else { "pg_advisory_xact_lock_shared" };
            tx.query(&format!("SELECT {function}($1)::text"), &[lock_of(self.deployment, 1).into()]).await?;
        }
        Ok(())
    }
}

/// A number for PostgreSQL's advisory locks.
pub(crate) fn lock_of(deployment: Deployment, of: i64) -> i64 {
    let [a, b, c, d, e, f, g, h, ..] = deployment.0;
    i64::from_be_bytes([a, b, c, d, e, f, g, h]) ^ of
}

#[async_trait]
impl KeyStore for SqlKeys {
    fn deployment(&self) -> Deployment {
        self.inner.deployment
    }

    fn index(&self) -> &IndexSecret {
        &self.inner.index
    }

    async fn ensure(
        &self,
        people: &[Lookup],
        suite: Suite,
        erased: Erased,
    ) -> Result<Vec<Option<Living>>, KeyError> {
        self.inner.ensure(people, suite, erased).await
    }

    async fn unwrap_many(&self, keys: &[KeyId]) -> Result<HashMap<KeyId, Unwrapped>, KeyError> {
        self.inner.unwrap_many(keys).await
    }

    async fn mark(&self, person: Lookup, reason: &Reason, day: Day) -> Result<Mark, KeyError> {
        self.inner.mark(person, reason, day).await
    }

    async fn destroy(&self, mark: &Mark) -> Result<(), KeyError> {
        self.inner.destroy(mark).await
    }

    async fn settle(&self, mark: &Mark) -> Result<(), KeyError> {
        self.inner.settle(mark).await
    }

    async fn marks(&self, unsettled: bool) -> Result<Vec<Mark>, KeyError> {
        self.inner.marks(unsettled).await
    }

    async fn rewrap_page(&self, to: &Master) -> Result<u64, KeyError> {
        self.inner.rewrap_page(to).await
    }

    async fn retire_masters(&self) -> Result<Finality, KeyError> {
        self.inner.retire_masters().await
    }

    async fn health(&self) -> Result<KeyHealth, KeyError> {
        self.inner.health().await
    }

    async fn close(&self) {
        // A connection that listens would never be given back.
        self.inner.stop_listening();
        self.inner.db.close().await;
    }

    fn forget(&self, keys: &[KeyId]) {
        self.inner.cache.forget(keys);
    }

    async fn page(&self, after: Option<KeyId>, limit: u32) -> Result<Vec<(KeyId, Lookup)>, KeyError> {
        let after = after.map_or_else(Vec::new, |id| id.0.to_vec());
        let sql = "SELECT id, lookup FROM person_key WHERE id > $1 ORDER BY id LIMIT $2";
        let rows = self.inner.db.query(sql, &[after.into(), i64::from(limit).into()]).await?;
        Ok(rows
            .iter()
            .map(|row| Ok((KeyId(row.array(0)?), Lookup(row.array(1)?))))
            .collect::<Result<_, DatabaseError>>()?)
    }

    async fn discard(&self, keys: &[KeyId]) -> Result<(), KeyError> {
        let params: Vec<Param> = keys.iter().map(|id| id.0.into()).collect();
        let mut tx = self.inner.db.begin().await?;
        tx.execute_among("DELETE FROM person_key WHERE id IN ({among})", &[], &params).await?;
        tx.commit().await?;
        self.inner.cache.forget(keys);
        Ok(self.inner.db.scrub(SECRET).await?)
    }
}

impl fmt::Debug for SqlKeys {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SqlKeys({})", self.inner.deployment)
    }
}

//! A key store in a database of its own.

use std::collections::{HashMap, HashSet};
use std::fmt;
use std::sync::{Arc, Mutex, PoisonError, RwLock};
use std::time::Duration;

use async_trait::async_trait;
use tokio::task::AbortHandle;
use zeroize::Zeroizing;

use super::tables::{MIGRATIONS, SECRET};
use super::{Cache, Erased, Finality, KeyError, KeyHealth, KeyStore, Living, Mark, MarkState, Unwrapped};
use crate::database::{Database, DatabaseError, Faults, Kind, Param, Row, Tx, signed};
use crate::day::{self, Day};
use crate::envelope::place::of_wrapped_key;
use crate::envelope::{PersonKey, Suite};
use crate::id::{Deployment, KeyId, Lookup, MasterId};
use crate::master::{Master, MasterKey};
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
    cache: Cache,
    listener: Mutex<Option<AbortHandle>>,
}

/// It listens no longer than the store is there.
impl Drop for Inner {
    fn drop(&mut self) {
        self.stop_listening();
    }
}

/// A master key with what it wraps by.
#[derive(Clone)]
pub(super) struct Wrapping {
    pub(super) master: MasterKey,
    key: PersonKey,
}

impl Wrapping {
    pub(super) fn new(master: MasterKey, deployment: Deployment) -> Option<Self> {
        let key = master.wrapping_key(deployment)?;
        Some(Self { master, key })
    }

    /// `0x01`, the id of the master, a nonce of 12 bytes, the wrapped key, its tag.
    fn wrap(&self, deployment: Deployment, person: Lookup, living: &Living) -> Option<Vec<u8>> {
        let data = wrapped_data(deployment, person, &living.key, living.life);
        let nonce: [u8; 12] = rand::random();
        let mut text = Zeroizing::new(living.key.bytes().to_vec());
        let tag = self.key.encrypt(&nonce, &data, &mut text).ok()?;
        Some([&[1], self.master.id().0.as_slice(), &nonce, &text, &tag].concat())
    }
}

fn wrapped_data(deployment: Deployment, person: Lookup, key: &PersonKey, life: u64) -> Vec<u8> {
    of_wrapped_key(deployment, key.id(), person, key.suite().code(), life)
}

/// A row of `person_key`.
pub(super) struct Stored {
    pub(super) id: KeyId,
    pub(super) person: Lookup,
    suite: i64,
    life: u64,
    master: MasterId,
    wrapped: Vec<u8>,
}

pub(super) const STORED: &str = "SELECT id, lookup, suite, life, master, wrapped FROM person_key";

impl Stored {
    pub(super) fn read(row: &Row) -> Result<Self, DatabaseError> {
        Ok(Self {
            id: KeyId(row.array(0)?),
            person: Lookup(row.array(1)?),
            suite: row.int(2)?,
            life: row.count(3)?,
            master: MasterId(row.array(4)?),
            wrapped: row.bytes(5)?,
        })
    }
}

impl SqlKeys {
    /// Makes a new key store for a new vault.
    ///
    /// A store without any key that this master key belongs to is taken as it is: `init` was stopped.
    ///
    /// # Errors
    ///
    /// [`KeyError::Setup`] where there is one in use, and whatever the database says.
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
            DatabaseError::ReadOnly if url.starts_with("sqlite:") => KeyError::Setup(
                "the file of the key store is missing or cannot be opened: run `nest-vault init`",
            ),
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
    fn channel(&self) -> String {
        format!("nest_vault_{}", self.deployment)
    }

    fn stop_listening(&self) {
        if let Some(task) = self.listener.lock().unwrap_or_else(PoisonError::into_inner).take() {
            task.abort();
        }
    }

    pub(super) fn wrappings(&self) -> Vec<Wrapping> {
        self.masters.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Unwraps a stored key.
    pub(super) fn unwrap(&self, stored: &Stored, masters: &[Wrapping]) -> Result<Living, KeyError> {
        let wrapping = masters
            .iter()
            .find(|wrapping| wrapping.master.id() == stored.master)
            .ok_or(KeyError::WrongMaster { needed: stored.master })?;
        let suite = u8::try_from(stored.suite).ok().and_then(Suite::from_code).ok_or(KeyError::Damaged)?;
        let parts = (|| {
            let rest = stored.wrapped.strip_prefix(&[1])?.strip_prefix(&stored.master.0)?;
            let (nonce, rest) = rest.split_at_checked(12)?;
            let (text, tag) = rest.split_at_checked(suite.key_len())?;
            Some((nonce, text, tag))
        })();
        let (nonce, text, tag) = parts.ok_or(KeyError::Damaged)?;
        let data = of_wrapped_key(self.deployment, stored.id, stored.person, suite.code(), stored.life);
        let mut text = Zeroizing::new(text.to_vec());
        wrapping.key.decrypt(nonce, &data, &mut text, tag).map_err(|_| KeyError::Damaged)?;
        let key = PersonKey::from_parts(stored.id, suite, &text).ok_or(KeyError::Damaged)?;
        Ok(Living { key, life: stored.life })
    }

    pub(super) fn wrap(
        &self,
        person: Lookup,
        living: &Living,
        wrapping: &Wrapping,
    ) -> Result<Vec<u8>, KeyError> {
        wrapping.wrap(self.deployment, person, living).ok_or(KeyError::Damaged)
    }

    /// Lets an erasure wait for those that are making keys, and those that come later for the erasure. SQLite's lock is
    /// for one writer anyway.
    async fn lock(&self, tx: &mut Tx, alone: bool) -> Result<(), DatabaseError> {
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

/// The last life of each of these people that was erased.
async fn erased_lives(tx: &mut Tx, people: &[Param]) -> Result<HashMap<Lookup, u64>, DatabaseError> {
    let sql = "SELECT lookup, life FROM erased WHERE lookup IN ({among})";
    let rows = tx.query_among(sql, &[], people).await?;
    rows.iter().map(|row| Ok((Lookup(row.array(0)?), row.count(1)?))).collect()
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
        let inner = &self.inner;
        let distinct: Vec<_> = people.iter().copied().collect::<HashSet<_>>().into_iter().collect();
        let params: Vec<Param> = distinct.iter().map(|person| person.0.into()).collect();
        let first = [Param::from(i64::from(suite.code()))];
        let sql = "SELECT k.id, k.lookup, k.suite, k.life, k.master, k.wrapped, e.life FROM person_key k \
                   LEFT JOIN erased e ON e.lookup = k.lookup WHERE k.suite = $1 AND k.lookup IN ({among})";
        let live = |rows: Vec<Row>| -> Result<HashMap<Lookup, Stored>, KeyError> {
            let mut live = HashMap::with_capacity(rows.len());
            for row in &rows {
                let stored = Stored::read(row)?;
                if signed(stored.life) > row.int_or_null(6)?.unwrap_or(0) {
                    live.insert(stored.person, stored);
                }
            }
            Ok(live)
        };
        let masters = inner.wrappings();
        let ticket = inner.cache.ticket();
        // Most are there, and reading needs no lock.
        let mut known = live(inner.db.query_among(sql, &first, &params).await?)?;
        if known.len() < distinct.len() {
            let mut tx = inner.db.begin().await?;
            inner.lock(&mut tx, false).await?;
            let absent: Vec<Param> =
                distinct.iter().filter(|who| !known.contains_key(who)).map(|who| who.0.into()).collect();
            let gone = erased_lives(&mut tx, &absent).await?;
            let rows = tx.query("SELECT id FROM master WHERE state = 'current'", &[]).await?;
            let current = MasterId(rows.first().ok_or(KeyError::Damaged)?.array(0)?);
            let wrapping = masters
                .iter()
                .find(|wrapping| wrapping.master.id() == current)
                .ok_or(KeyError::WrongMaster { needed: current })?;
            let day = day::today();
            let mut rows = Vec::new();
            for person in distinct.iter().filter(|who| !known.contains_key(who)) {
                if erased == Erased::Refuse && gone.contains_key(person) {
                    continue;
                }
                let life = gone.get(person).copied().unwrap_or(0) + 1;
                let living = Living { key: PersonKey::random(suite), life };
                rows.push(vec![
                    living.key.id().0.into(),
                    person.0.into(),
                    i64::from(suite.code()).into(),
                    signed(life).into(),
                    current.0.into(),
                    inner.wrap(*person, &living, wrapping)?.into(),
                    day.into(),
                ]);
            }
            // Where another was faster, its key is the one.
            let head = "INSERT INTO person_key (id, lookup, suite, life, master, wrapped, day)";
            tx.insert(head, &rows, "ON CONFLICT DO NOTHING").await?;
            known.extend(live(tx.query_among(sql, &first, &absent).await?)?);
            tx.commit().await?;
        }
        let mut living = HashMap::new();
        for (person, stored) in &known {
            let key = match inner.cache.get(stored.id) {
                Some(key) => Living { key, life: stored.life },
                None => inner.unwrap(stored, &masters)?,
            };
            living.insert(*person, key);
        }
        inner.cache.put(ticket, living.values().map(|living| living.key.clone()));
        Ok(people.iter().map(|person| living.get(person).cloned()).collect())
    }

    async fn unwrap_many(&self, keys: &[KeyId]) -> Result<HashMap<KeyId, Unwrapped>, KeyError> {
        let inner = &self.inner;
        let mut found = HashMap::with_capacity(keys.len());
        let mut missing = HashSet::new();
        for id in keys {
            match inner.cache.get(*id) {
                Some(key) => drop(found.insert(*id, Unwrapped::Key(key))),
                None => drop(missing.insert(*id)),
            }
        }
        if missing.is_empty() {
            return Ok(found);
        }
        let masters = inner.wrappings();
        let ticket = inner.cache.ticket();
        let params: Vec<Param> = missing.iter().map(|id| id.0.into()).collect();
        let mut tx = inner.db.snapshot().await?;
        let sql = "SELECT k.id, k.lookup, k.suite, k.life, k.master, k.wrapped, e.life FROM person_key k \
                   LEFT JOIN erased e ON e.lookup = k.lookup WHERE k.id IN ({among})";
        let mut fresh = Vec::new();
        for row in tx.query_among(sql, &[], &params).await? {
            let stored = Stored::read(&row)?;
            let erased = row.int_or_null(6)?.unwrap_or(0);
            // The mark wins, also over a key that somebody has put back.
            if signed(stored.life) <= erased {
                found.insert(stored.id, Unwrapped::Destroyed);
            } else {
                let key = inner.unwrap(&stored, &masters)?.key;
                fresh.push(key.clone());
                found.insert(stored.id, Unwrapped::Key(key));
            }
        }
        let rest: Vec<Param> =
            missing.iter().filter(|id| !found.contains_key(id)).map(|id| id.0.into()).collect();
        let sql = "SELECT id FROM destroyed WHERE id IN ({among})";
        for row in tx.query_among(sql, &[], &rest).await? {
            found.insert(KeyId(row.array(0)?), Unwrapped::Destroyed);
        }
        inner.cache.put(ticket, fresh);
        Ok(found)
    }

    async fn mark(&self, person: Lookup, reason: &Reason, day: Day) -> Result<Mark, KeyError> {
        let inner = &self.inner;
        let mut tx = inner.db.begin().await?;
        inner.lock(&mut tx, true).await?;
        let who = [Param::from(person.0)];
        let rows = tx.query("SELECT id, life FROM person_key WHERE lookup = $1", &who).await?;
        let keys = rows.iter().map(|row| Ok((KeyId(row.array(0)?), row.count(1)?)));
        let keys = keys.collect::<Result<Vec<_>, DatabaseError>>()?;
        let before = erased_lives(&mut tx, &who).await?.get(&person).copied().unwrap_or(0);
        let life = keys.iter().map(|(_, life)| *life).max().unwrap_or(0);
        if life <= before && before > 0 {
            drop(tx);
            let mark = self.marks(false).await?.into_iter().find(|mark| mark.person == person);
            return mark.ok_or(KeyError::Damaged);
        }
        let life = life.max(1);
        let sql = "INSERT INTO erased (lookup, life, state, reason, day) VALUES ($1, $2, 'intended', $3, $4) \
                   ON CONFLICT (lookup) DO UPDATE SET life = excluded.life, state = excluded.state, \
                   reason = excluded.reason, day = excluded.day";
        let params = [person.0.into(), signed(life).into(), reason.as_str().into(), day.into()];
        tx.execute(sql, &params).await?;
        tx.commit().await?;
        let keys: Vec<_> = keys.into_iter().map(|(id, _)| id).collect();
        inner.cache.forget(&keys);
        Ok(Mark { person, life, keys, reason: reason.clone(), day, state: MarkState::Intended })
    }

    async fn destroy(&self, mark: &Mark) -> Result<(), KeyError> {
        let inner = &self.inner;
        let mut tx = inner.db.begin().await?;
        inner.lock(&mut tx, true).await?;
        let life = Param::from(signed(mark.life));
        let who = [Param::from(mark.person.0), life.clone()];
        // From a ledger, or of a store that was restored: the mark may be missing or older.
        let sql = "INSERT INTO erased (lookup, life, state, reason, day) VALUES ($1, $2, 'destroyed', $3, $4) \
                   ON CONFLICT (lookup) DO UPDATE SET life = excluded.life, state = excluded.state, \
                   reason = excluded.reason, day = excluded.day \
                   WHERE erased.life < excluded.life OR (erased.life = excluded.life AND erased.state = 'intended')";
        let params = [mark.person.0.into(), life, mark.reason.as_str().into(), mark.day.into()];
        tx.execute(sql, &params).await?;
        let rows = tx.query("SELECT id, life FROM person_key WHERE lookup = $1 AND life <= $2", &who).await?;
        let mut gone: Vec<(KeyId, u64)> = Vec::new();
        for row in &rows {
            gone.push((KeyId(row.array(0)?), row.count(1)?));
        }
        tx.execute("DELETE FROM person_key WHERE lookup = $1 AND life <= $2", &who).await?;
        for id in &mark.keys {
            if !gone.iter().any(|(gone, _)| gone == id) {
                gone.push((*id, mark.life));
            }
        }
        let rows: Vec<_> = gone
            .iter()
            .map(|(id, life)| vec![id.0.into(), mark.person.0.into(), signed(*life).into()])
            .collect();
        tx.insert("INSERT INTO destroyed (id, lookup, life)", &rows, "ON CONFLICT DO NOTHING").await?;
        if tx.kind() == Kind::Postgres {
            for (id, _) in &gone {
                let notice = [Param::from(inner.channel().as_str()), id.to_string().as_str().into()];
                tx.query("SELECT pg_notify($1, $2)::text", &notice).await?;
            }
        }
        tx.commit().await?;
        inner.cache.forget(&gone.iter().map(|(id, _)| *id).collect::<Vec<_>>());
        Ok(inner.db.scrub(SECRET).await?)
    }

    async fn settle(&self, mark: &Mark) -> Result<(), KeyError> {
        let mut tx = self.inner.db.begin().await?;
        let sql =
            "UPDATE erased SET state = 'settled' WHERE lookup = $1 AND life = $2 AND state = 'destroyed'";
        tx.execute(sql, &[mark.person.0.into(), signed(mark.life).into()]).await?;
        Ok(tx.commit().await?)
    }

    async fn marks(&self, unsettled: bool) -> Result<Vec<Mark>, KeyError> {
        let mut tx = self.inner.db.snapshot().await?;
        let filter = if unsettled { "WHERE state IN ('intended', 'destroyed')" } else { "" };
        let sql = format!("SELECT lookup, life, state, reason, day FROM erased {filter}");
        let mut marks = Vec::new();
        for row in tx.query(&sql, &[]).await? {
            let (state, reason) = (row.text(2)?, row.text(3)?);
            marks.push(Mark {
                person: Lookup(row.array(0)?),
                life: row.count(1)?,
                keys: Vec::new(),
                reason: Reason::new(&reason).map_err(|_| KeyError::Damaged)?,
                day: row.int(4)?,
                state: MarkState::parse(&state).ok_or(KeyError::Damaged)?,
            });
        }
        let people: Vec<Param> = marks.iter().map(|mark| mark.person.0.into()).collect();
        let mut keys: HashMap<Lookup, Vec<KeyId>> = HashMap::new();
        for table in ["person_key", "destroyed"] {
            let sql = format!("SELECT id, lookup FROM {table} WHERE lookup IN ({{among}})");
            for row in tx.query_among(&sql, &[], &people).await? {
                keys.entry(Lookup(row.array(1)?)).or_default().push(KeyId(row.array(0)?));
            }
        }
        for mark in &mut marks {
            mark.keys = keys.remove(&mark.person).unwrap_or_default();
        }
        Ok(marks)
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

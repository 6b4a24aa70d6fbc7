//! The table of tasks: adding, claiming and counting.

use std::time::Duration;

use super::claim::{Claim, TaskError, TaskId};
use crate::database::{Database, DatabaseError, Kind, Tx, params};

/// What a task does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[non_exhaustive]
pub enum TaskKind {
    /// Ends the window of an offer.
    CloseWindow,
    /// Evaluates an offer and releases its result.
    Execute,
    /// Divides the money of a released offer among its people.
    PayShares,
    /// Aborts an offer that nobody has paid for in time.
    ExpireFunding,
    /// Brings a letter of the outbox to where it is addressed.
    Deliver,
    /// Makes a batch of payouts.
    PreparePayouts,
    /// Removes what has come to its end: sessions, PINs, old tasks.
    CleanUp,
    /// For tests of this crate's users.
    Other,
}

impl TaskKind {
    /// All kinds.
    pub const ALL: &'static [TaskKind] = &[
        TaskKind::CloseWindow,
        TaskKind::Execute,
        TaskKind::PayShares,
        TaskKind::ExpireFunding,
        TaskKind::Deliver,
        TaskKind::PreparePayouts,
        TaskKind::CleanUp,
        TaskKind::Other,
    ];

    /// The name in the tables.
    pub const fn as_str(self) -> &'static str {
        match self {
            TaskKind::CloseWindow => "close-window",
            TaskKind::Execute => "execute",
            TaskKind::PayShares => "pay-shares",
            TaskKind::ExpireFunding => "expire-funding",
            TaskKind::Deliver => "deliver",
            TaskKind::PreparePayouts => "prepare-payouts",
            TaskKind::CleanUp => "clean-up",
            TaskKind::Other => "other",
        }
    }

    /// The kind of this name.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|kind| kind.as_str() == name)
    }

    /// How often it comes by itself.
    const fn every(self) -> Option<Duration> {
        match self {
            TaskKind::PreparePayouts => Some(Duration::from_secs(24 * 3600)),
            TaskKind::CleanUp => Some(Duration::from_secs(3600)),
            _ => None,
        }
    }
}

/// How long tasks that are done are kept, for the books.
const KEPT_MILLIS: i64 = 30 * 24 * 3600 * 1000;

/// The tasks in one database. Clones share it.
#[derive(Debug, Clone)]
pub struct Tasks {
    pub(super) database: Database,
}

impl Tasks {
    /// The tasks in this database.
    pub fn new(database: &Database) -> Self {
        Self { database: database.clone() }
    }

    /// Adds a task in the transaction that makes it necessary, to be done after a time. One of the same kind and
    /// subject that is there already stays as it is, also when it is done.
    ///
    /// # Errors
    ///
    /// The database fails.
    pub async fn add(
        tx: &mut Tx,
        kind: TaskKind,
        subject: &str,
        after: Duration,
    ) -> Result<(), DatabaseError> {
        let now = tx.now().await?;
        let due = now.saturating_add(i64::try_from(after.as_millis()).unwrap_or(i64::MAX));
        Self::add_at(tx, kind, subject, now, due).await
    }

    /// [`add`](Self::add) with the moment when it is due, in milliseconds of the database's clock.
    pub(crate) async fn add_at(
        tx: &mut Tx,
        kind: TaskKind,
        subject: &str,
        now: i64,
        due: i64,
    ) -> Result<(), DatabaseError> {
        let sql = "INSERT INTO market_task (id, kind, subject, state, due, fence, attempts, reason, at) \
                   VALUES ($1, $2, $3, 'open', $4, 0, 0, '', $5) ON CONFLICT (kind, subject) DO NOTHING";
        tx.execute(sql, params![TaskId::random(), kind.as_str(), subject, due, now]).await?;
        Ok(())
    }

    /// Takes one task that is due, for the time of a lease. `None` where there is none.
    ///
    /// # Errors
    ///
    /// The database fails.
    pub async fn claim(&self, lease: Duration) -> Result<Option<Claim>, TaskError> {
        let lease = i64::try_from(lease.as_millis()).unwrap_or(i64::MAX / 2);
        // SQLite holds the whole database while the statement runs.
        let skip = if self.database.kind() == Kind::Postgres { "FOR UPDATE SKIP LOCKED" } else { "" };
        let clock = self.database.clock();
        let sql = format!(
            "UPDATE market_task SET due = {clock} + $1, fence = fence + 1, attempts = attempts + 1 WHERE id = \
             (SELECT id FROM market_task WHERE state = 'open' AND due <= {clock} ORDER BY due LIMIT 1 {skip}) \
             RETURNING id, kind, subject, fence, attempts"
        );
        let Some(row) = self.database.change(&sql, params![lease]).await? else { return Ok(None) };
        let claim = Claim {
            id: TaskId::from_bytes(row.array(0)?),
            kind: TaskKind::parse(&row.text(1)?).ok_or(DatabaseError::Schema)?,
            subject: row.text(2)?,
            fence: row.int(3)?,
            attempts: row.int(4)?,
        };
        Ok(Some(claim))
    }

    /// Adds the tasks that come by themselves, each once for its hour or day, whichever worker comes first.
    ///
    /// # Errors
    ///
    /// The database fails.
    pub async fn tick(&self) -> Result<(), DatabaseError> {
        let now = self.database.now().await?;
        for kind in TaskKind::ALL {
            let Some(every) = kind.every() else { continue };
            let every = i64::try_from(every.as_millis()).unwrap_or(i64::MAX).max(1);
            let slot = now.div_euclid(every);
            let known = "SELECT 1 FROM market_task WHERE kind = $1 AND subject = $2";
            let subject = slot.to_string();
            if self.database.fetch(known, params![kind.as_str(), &subject]).await?.is_empty() {
                let mut tx = self.database.begin().await?;
                Self::add_at(&mut tx, *kind, &subject, now, slot * every).await?;
                tx.commit().await?;
            }
        }
        Ok(())
    }

    /// How many tasks are due, done and dead.
    ///
    /// # Errors
    ///
    /// The database fails.
    pub async fn counts(&self) -> Result<Vec<(TaskKind, String, u64)>, DatabaseError> {
        let mut counts = Vec::new();
        for row in self.database.fetch(super::METRICS_QUERY, Vec::new()).await? {
            let kind = TaskKind::parse(&row.text(0)?).ok_or(DatabaseError::Schema)?;
            counts.push((kind, row.text(1)?, row.int(2)?.unsigned_abs()));
        }
        Ok(counts)
    }

    /// How many tasks wait for a worker now: what the scaler counts.
    ///
    /// # Errors
    ///
    /// The database fails.
    pub async fn due(&self) -> Result<u64, DatabaseError> {
        let mut tx = self.database.snapshot().await?;
        let now = tx.now().await?;
        let sql = "SELECT COUNT(*) FROM market_task WHERE state = 'open' AND due <= $1";
        Ok(tx.fetch_one(sql, params![now]).await?.ok_or(DatabaseError::Schema)?.int(0)?.unsigned_abs())
    }

    /// Removes tasks that were done long ago.
    ///
    /// # Errors
    ///
    /// The database fails.
    pub async fn prune(tx: &mut Tx) -> Result<(), DatabaseError> {
        let before = tx.now().await?.saturating_sub(KEPT_MILLIS);
        tx.execute("DELETE FROM market_task WHERE state = 'done' AND due < $1", params![before]).await?;
        tx.execute("DELETE FROM market_outbox WHERE state = 'sent' AND at < $1", params![before]).await?;
        Ok(())
    }
}

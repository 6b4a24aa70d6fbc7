//! A task that a worker holds: it ends in the transaction of its effects, or not at all.

use std::fmt;
use std::time::Duration;

use super::{TaskKind, Tasks};
use crate::database::{DatabaseError, Tx, id, params};

id!(
    /// The number of a task.
    TaskId
);

/// How often a task is tried before somebody must look at it.
const MOST_ATTEMPTS: i64 = 20;

/// A task that one worker holds until its lease is over.
#[derive(Debug, Clone)]
pub struct Claim {
    pub(super) id: TaskId,
    pub(super) kind: TaskKind,
    pub(super) subject: String,
    pub(super) fence: i64,
    pub(super) attempts: i64,
}

/// Why a task did not end.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum TaskError {
    /// The lease is over and another worker has the task. Nothing of this transaction may be committed.
    Stale,
    /// The database failed.
    Database(DatabaseError),
}

impl fmt::Display for TaskError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            TaskError::Stale => f.write_str("another worker has taken this task: its lease was over"),
            TaskError::Database(error) => error.fmt(f),
        }
    }
}

impl std::error::Error for TaskError {}

impl From<DatabaseError> for TaskError {
    fn from(error: DatabaseError) -> Self {
        TaskError::Database(error)
    }
}

impl Claim {
    /// What is to be done.
    pub fn kind(&self) -> TaskKind {
        self.kind
    }

    /// To what.
    pub fn subject(&self) -> &str {
        &self.subject
    }

    /// Which holder of the task this is, from 1.
    pub fn fence(&self) -> i64 {
        self.fence
    }

    /// How often it was taken, with this time.
    pub fn attempts(&self) -> i64 {
        self.attempts
    }

    /// Ends the task in the transaction of its effects. Commit it after this.
    ///
    /// # Errors
    ///
    /// [`TaskError::Stale`] where another worker has taken it: drop the transaction then.
    pub async fn complete(&self, tx: &mut Tx) -> Result<(), TaskError> {
        self.change(tx, "state = 'done', due = {clock}", None).await
    }

    /// Puts the task back, to be tried again after a time. After many attempts it is laid aside, with the reason.
    ///
    /// # Errors
    ///
    /// As [`complete`](Self::complete).
    pub async fn retry(&self, tasks: &Tasks, after: Duration, reason: &str) -> Result<(), TaskError> {
        let mut tx = tasks.database.begin().await?;
        let after = i64::try_from(after.as_millis()).unwrap_or(i64::MAX);
        if self.attempts >= MOST_ATTEMPTS {
            self.change(&mut tx, "state = 'dead', due = {clock} + $3, reason = $4", Some((0, reason)))
                .await?;
        } else {
            self.change(&mut tx, "due = {clock} + $3, reason = $4", Some((after, reason))).await?;
        }
        Ok(tx.commit().await?)
    }

    /// Whether it has been tried so often that [`retry`](Self::retry) would lay it aside.
    pub fn is_last_attempt(&self) -> bool {
        self.attempts >= MOST_ATTEMPTS
    }

    /// Keeps the task for longer.
    ///
    /// # Errors
    ///
    /// As [`complete`](Self::complete).
    pub async fn extend(&self, tasks: &Tasks, lease: Duration) -> Result<(), TaskError> {
        let mut tx = tasks.database.begin().await?;
        let lease = i64::try_from(lease.as_millis()).unwrap_or(i64::MAX);
        self.change(&mut tx, "due = {clock} + $3, reason = $4", Some((lease, ""))).await?;
        Ok(tx.commit().await?)
    }

    async fn change(&self, tx: &mut Tx, set: &str, more: Option<(i64, &str)>) -> Result<(), TaskError> {
        let set = set.replace("{clock}", &tx.clock());
        let sql = format!("UPDATE market_task SET {set} WHERE id = $1 AND fence = $2 AND state = 'open'");
        let mut params = params![self.id, self.fence];
        if let Some((after, _)) = more {
            params.push(after.into());
        }
        if let Some((_, reason)) = more {
            params.push(reason.into());
        }
        match tx.execute(&sql, params).await? {
            1 => Ok(()),
            _ => Err(TaskError::Stale),
        }
    }
}

//! What goes outside: written down with the effect that causes it, brought after that, and known by its key.
//!
//! A letter may be brought twice, when a worker stops between bringing it and noting that. It carries its key, and the
//! receiver drops what it has.

use std::fmt;

use async_trait::async_trait;

use super::{Claim, TaskError, TaskKind, Tasks};
use crate::database::{Database, DatabaseError, Tx, params};
use crate::money::Idempotency;

/// One letter.
#[derive(Clone, PartialEq, Eq)]
pub struct Letter {
    /// The same letter has the same key: the receiver drops a second one.
    pub key: [u8; 16],
    /// What kind of letter it is, such as `payout`.
    pub topic: String,
    /// What it says.
    pub body: String,
}

impl fmt::Debug for Letter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Letter").field("topic", &self.topic).finish_non_exhaustive()
    }
}

/// Brings letters to where they belong.
#[async_trait]
pub trait Deliver: Send + Sync + 'static {
    /// Brings a letter and gives the receiver's name for it.
    async fn deliver(&self, letter: &Letter) -> Result<String, DeliveryError>;
}

/// The receiver did not take a letter. It is brought again later.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct DeliveryError;

impl fmt::Display for DeliveryError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the receiver did not take the letter")
    }
}

impl std::error::Error for DeliveryError {}

/// The letters in one database.
#[derive(Debug, Clone)]
pub struct Outbox {
    database: Database,
}

impl Outbox {
    /// The letters in this database.
    pub fn new(database: &Database) -> Self {
        Self { database: database.clone() }
    }

    /// Writes a letter in the transaction of what it is about. One with the same key that is there already stays.
    ///
    /// # Errors
    ///
    /// The database fails.
    pub async fn write(tx: &mut Tx, key: Idempotency, topic: &str, body: &str) -> Result<(), DatabaseError> {
        let (now, id) = (tx.now().await?, key.to_bytes());
        let sql = "INSERT INTO market_outbox (id, topic, body, state, receipt, at) \
                   VALUES ($1, $2, $3, 'written', '', $4) ON CONFLICT (id) DO NOTHING";
        tx.execute(sql, params![id, topic, body, now]).await?;
        Tasks::add_at(tx, TaskKind::Deliver, &hex(id), now, now).await
    }

    /// Brings the letter of a task, and ends the task.
    ///
    /// # Errors
    ///
    /// [`TaskError::Stale`], and what the database refuses. A receiver that does not answer puts the task back.
    pub async fn bring(&self, claim: &Claim, by: &dyn Deliver) -> Result<(), TaskError> {
        let key = u128::from_str_radix(claim.subject(), 16).map_err(|_| DatabaseError::Schema)?.to_be_bytes();
        let sql = "SELECT topic, body, receipt FROM market_outbox WHERE id = $1";
        let rows = self.database.fetch(sql, params![key]).await?;
        let row = rows.first().ok_or(DatabaseError::Schema)?;
        let letter = Letter { key, topic: row.text(0)?, body: row.text(1)? };
        let Ok(receipt) = by.deliver(&letter).await else {
            let wait = std::time::Duration::from_secs(1 << claim.attempts().clamp(0, 10));
            return claim.retry(&Tasks::new(&self.database), wait, "not delivered").await;
        };
        let mut tx = self.database.begin().await?;
        let sql = "UPDATE market_outbox SET state = 'sent', receipt = $2 WHERE id = $1";
        tx.execute(sql, params![key, receipt]).await?;
        claim.complete(&mut tx).await?;
        Ok(tx.commit().await?)
    }
}

fn hex(key: [u8; 16]) -> String {
    format!("{:032x}", u128::from_be_bytes(key))
}

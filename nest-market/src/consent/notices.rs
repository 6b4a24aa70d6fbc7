//! What an account is told: that something happened to an offer, and nothing of what it is about.

use serde::Serialize;

use crate::account::AccountNumber;
use crate::database::{Database, DatabaseError, Tx, id, params};
use crate::offer::OfferId;

id!(
    /// The number of a notice.
    NoticeId
);

/// One notice.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Notice {
    /// Its number.
    pub id: NoticeId,
    /// What happened.
    pub kind: String,
    /// To which offer. Its title is not here: being asked says something about a person.
    pub offer: OfferId,
    /// When, in milliseconds since 1970.
    pub at: i64,
}

/// The notices in one database.
#[derive(Debug, Clone)]
pub struct Notices {
    database: Database,
}

impl Notices {
    /// The notices in this database.
    pub fn new(database: &Database) -> Self {
        Self { database: database.clone() }
    }

    /// Tells an account something, in the transaction in which it happens.
    pub(crate) async fn add(
        tx: &mut Tx,
        account: AccountNumber,
        kind: &str,
        offer: OfferId,
    ) -> Result<(), DatabaseError> {
        Self::add_all(tx, &[account], kind, offer).await
    }

    pub(crate) async fn add_all(
        tx: &mut Tx,
        accounts: &[AccountNumber],
        kind: &str,
        offer: OfferId,
    ) -> Result<(), DatabaseError> {
        let now = tx.now().await?;
        let rows = accounts.iter().map(|account| params![NoticeId::random(), *account, kind, offer, now]);
        tx.insert("INSERT INTO market_notice (id, account, kind, offer, at)", rows.collect(), "").await?;
        Ok(())
    }

    /// The notices of an account from a time on, oldest first: at most 500.
    ///
    /// # Errors
    ///
    /// The database fails.
    pub async fn since(&self, account: AccountNumber, from: i64) -> Result<Vec<Notice>, DatabaseError> {
        let sql = "SELECT id, kind, offer, at FROM market_notice WHERE account = $1 AND at >= $2 \
                   ORDER BY at, id LIMIT 500";
        let read = |row: &crate::database::Row| {
            Ok(Notice {
                id: NoticeId::from_bytes(row.array(0)?),
                kind: row.text(1)?,
                offer: OfferId::from_bytes(row.array(2)?),
                at: row.int(3)?,
            })
        };
        self.database.fetch(sql, params![account, from]).await?.iter().map(read).collect()
    }

    /// Removes notices that are older than 90 days.
    pub(crate) async fn prune(tx: &mut Tx) -> Result<(), DatabaseError> {
        let before = tx.now().await?.saturating_sub(90 * 24 * 3600 * 1000);
        tx.execute("DELETE FROM market_notice WHERE at < $1", params![before]).await?;
        Ok(())
    }
}

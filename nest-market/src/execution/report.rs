//! What an operator may know of a whole market: counts and amounts, and who was charged how much under which token.

use serde::Serialize;

use super::Market;
use crate::database::{DatabaseError, Row};
use crate::money::Cents;

/// Counts of a market.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Status {
    /// Accounts by role.
    pub accounts: Vec<(String, u64)>,
    /// Offers by state.
    pub offers: Vec<(String, u64)>,
    /// Tasks by kind and state.
    pub tasks: Vec<(String, String, u64)>,
    /// The sum over all accounts of the ledger: zero.
    pub trial_balance: Cents,
}

/// One charge of a person's privacy budget.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Charge {
    /// The person's token in the budget, in hexadecimal digits. Without the row of the account it leads to nobody.
    pub person: String,
    /// The number of the processor.
    pub processor: String,
    /// The ε in millionths.
    pub micros: i64,
    /// The day, counted from 1970.
    pub day: i64,
}

impl Market {
    /// Counts of everything.
    ///
    /// # Errors
    ///
    /// The database fails.
    pub async fn status(&self) -> Result<Status, DatabaseError> {
        let mut tx = self.inner.database.snapshot().await?;
        let count = |row: &Row| Ok::<_, DatabaseError>((row.text(0)?, row.int(1)?.unsigned_abs()));
        let sql = "SELECT role, COUNT(*) FROM market_account GROUP BY role ORDER BY role";
        let accounts = tx.fetch(sql, Vec::new()).await?.iter().map(count).collect::<Result<_, _>>()?;
        let sql = "SELECT state, COUNT(*) FROM market_offer GROUP BY state ORDER BY state";
        let offers = tx.fetch(sql, Vec::new()).await?.iter().map(count).collect::<Result<_, _>>()?;
        let sql = "SELECT CAST(COALESCE(SUM(balance), 0) AS BIGINT) FROM market_money";
        let trial_balance = tx.fetch_one(sql, Vec::new()).await?.ok_or(DatabaseError::Schema)?.int(0)?;
        drop(tx);
        let tasks = self.inner.tasks.counts().await?;
        let tasks = tasks.into_iter().map(|(kind, state, count)| (kind.as_str().to_owned(), state, count));
        Ok(Status { accounts, offers, tasks: tasks.collect(), trial_balance: Cents(trial_balance) })
    }

    /// Every charge that the budget still counts, where the budget is in the market's own database.
    ///
    /// # Errors
    ///
    /// [`DatabaseError::Schema`] where the budget is elsewhere.
    pub async fn charges(&self) -> Result<Vec<Charge>, DatabaseError> {
        let sql = "SELECT person, processor, micros, day FROM release_charge ORDER BY day, processor, person";
        let read = |row: &Row| {
            let person: [u8; 32] = row.array(0)?;
            let person = person.iter().map(|byte| format!("{byte:02x}")).collect();
            Ok(Charge { person, processor: row.text(1)?, micros: row.int(2)?, day: row.int(3)? })
        };
        self.inner.database.fetch(sql, Vec::new()).await?.iter().map(read).collect()
    }
}

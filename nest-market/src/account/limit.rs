//! How often something may be tried, counted in the database so that all processes count together.

use std::time::Duration;

use super::AccountError;
use crate::database::{Database, params};
use crate::money::Idempotency;

/// So many tries in a time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limit {
    /// What is tried. Each kind of try is counted alone.
    pub what: &'static str,
    /// How many tries.
    pub tries: u32,
    /// In which time, from the first of them.
    pub within: Duration,
}

impl Limit {
    /// Passwords for one name.
    pub const LOGIN: Limit = Limit { what: "login", tries: 10, within: Duration::from_secs(900) };
    /// Passwords from one address, for whatever names.
    pub const LOGIN_FROM: Limit = Limit { what: "login-from", tries: 100, within: Duration::from_secs(900) };
    /// Accounts that are made from one address.
    pub const REGISTER_FROM: Limit =
        Limit { what: "register-from", tries: 100, within: Duration::from_secs(3600) };
    /// PINs that one person enters.
    pub const PIN: Limit = Limit { what: "pin", tries: 5, within: Duration::from_secs(600) };
}

/// Counts tries.
#[derive(Debug, Clone)]
pub struct Limiter {
    database: Database,
}

impl Limiter {
    /// Counts in this database.
    pub fn new(database: &Database) -> Self {
        Self { database: database.clone() }
    }

    /// Counts a try by somebody, before it is made.
    ///
    /// # Errors
    ///
    /// [`AccountError::TooMany`] where there were as many as the limit allows.
    pub async fn count(&self, limit: Limit, who: &[u8]) -> Result<(), AccountError> {
        let id = Idempotency::key(limit.what, &[who]).to_bytes();
        let mut tx = self.database.begin().await?;
        let now = tx.now().await?;
        let until = now.saturating_add(i64::try_from(limit.within.as_millis()).unwrap_or(i64::MAX));
        // One statement counts, so two tries at once are two.
        let sql = "INSERT INTO market_limit (id, tries, until) VALUES ($1, 1, $2) ON CONFLICT (id) DO UPDATE SET \
                   tries = CASE WHEN market_limit.until <= $3 THEN 1 ELSE market_limit.tries + 1 END, \
                   until = CASE WHEN market_limit.until <= $3 THEN excluded.until ELSE market_limit.until END";
        tx.execute(sql, params![id, until, now]).await?;
        let row = tx.fetch_one("SELECT tries, until FROM market_limit WHERE id = $1", params![id]).await?;
        let row = row.ok_or(AccountError::Busy)?;
        let (tries, until) = (row.int(0)?, row.int(1)?);
        tx.commit().await?;
        if tries > i64::from(limit.tries) {
            let seconds = until.saturating_sub(now).max(0).unsigned_abs().div_ceil(1000);
            return Err(AccountError::TooMany { seconds });
        }
        Ok(())
    }

    /// Forgets the tries of somebody, after one that succeeded.
    ///
    /// # Errors
    ///
    /// The database fails.
    pub async fn forget(&self, limit: Limit, who: &[u8]) -> Result<(), AccountError> {
        let id = Idempotency::key(limit.what, &[who]).to_bytes();
        let mut tx = self.database.begin().await?;
        tx.execute("DELETE FROM market_limit WHERE id = $1", params![id]).await?;
        Ok(tx.commit().await?)
    }
}

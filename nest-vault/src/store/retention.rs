//! Records that have come to their end: they are removed, and the keys of people of whom nothing is left.

use super::Store;
use super::table::{HELD, HELD_ERASED};
use crate::database::{Param, quoted};
use crate::day;
use crate::error::VaultError;
use crate::id::Lookup;
use crate::reason::Reason;

/// What came to its end.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Expired {
    /// Records that were removed.
    pub records: u64,
    /// Records that stay because they are on hold.
    pub held: u64,
    /// People of whom nothing is left, whose keys are destroyed.
    pub people: u64,
}

impl Store {
    /// Removes what has come to its end on this day.
    pub(crate) async fn expire(&self, today: day::Day) -> Result<Expired, VaultError> {
        let mut expired = Expired::default();
        let mut people: Vec<Lookup> = Vec::new();
        for table in self.tables() {
            let Some(made_until) = table.retention.made_until(today) else { continue };
            let mut tx = self.db.begin().await?;
            let sql = format!("SELECT row_id, owner, state FROM {} WHERE day <= $1", table.quoted());
            let mut gone: Vec<Param> = Vec::new();
            for row in tx.query(&sql, &[made_until.into()]).await? {
                if matches!(row.int(2)?, HELD | HELD_ERASED) {
                    expired.held += 1;
                    continue;
                }
                gone.push(row.bytes(0)?.into());
                people.push(Lookup(row.array(1)?));
            }
            let named = "SELECT lookup FROM party WHERE row_id IN ({among})";
            for row in tx.query_among(named, &[], &gone).await? {
                people.push(Lookup(row.array(0)?));
            }
            tx.execute_among("DELETE FROM party WHERE row_id IN ({among})", &[], &gone).await?;
            let sql = format!("DELETE FROM {} WHERE row_id IN ({{among}})", table.quoted());
            expired.records += tx.execute_among(&sql, &[], &gone).await?;
            tx.commit().await?;
        }
        people.sort_unstable();
        people.dedup();
        let reason = Reason::new("retention").map_err(|_| VaultError::NotFound)?;
        for person in people {
            if !self.is_known(person).await? {
                self.erase(person, &reason, true).await?;
                expired.people += 1;
            }
        }
        let mut tx = self.db.begin().await?;
        tx.execute("DELETE FROM run WHERE until <= $1", &[day::seconds().into()]).await?;
        tx.commit().await?;
        Ok(expired)
    }

    /// Whether any row is about somebody or names them.
    async fn is_known(&self, person: Lookup) -> Result<bool, VaultError> {
        let mut sql = "SELECT 1 FROM party WHERE lookup = $1".to_owned();
        for table in self.db.query("SELECT name FROM record_table", &[]).await? {
            sql.push_str(&format!(" UNION ALL SELECT 1 FROM {} WHERE owner = $1", quoted(&table.text(0)?)));
        }
        sql.push_str(" LIMIT 1");
        Ok(!self.db.query(&sql, &[person.0.into()]).await?.is_empty())
    }
}

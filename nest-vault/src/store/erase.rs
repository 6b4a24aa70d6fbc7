//! Erasing a person: the intent, the keys, and what is left of them, in an order that a crash cannot break.
//!
//! 1. The key store notes the intent and gives out no key of the person any more.
//! 2. The records note it; from here on no row for this person can be committed.
//! 3. The ledger, outside both databases, notes it.
//! 4. The keys are destroyed, and the files of the key store cleaned.
//! 5. The sealed and readable columns are emptied.
//! 6. The key store notes that nothing is left to do.
//!
//! Each step may be repeated. An erasure that was begun is completed when the store is opened.

use std::collections::HashMap;

use super::table::{ERASED, HELD, HELD_ERASED, LIVE, cleared, lock, words};
use super::{Store, erasure};
use crate::database::{DatabaseError, Param, quoted, signed};
use crate::day;
use crate::error::VaultError;
use crate::id::Lookup;
use crate::keys::{Mark, MarkState};
use crate::reason::Reason;

/// What an erasure reached.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct ErasureReport {
    /// How many keys are destroyed.
    pub keys: u64,
    /// Records about the person. None of them can be read any more, here or in any backup of the records.
    pub records: u64,
    /// Records about others that named the person, and do no more.
    pub mentions: u64,
    /// Records on hold, which go when they are released.
    pub held: u64,
    /// Whether no earlier copy of the key store opens anything either. Until then run `finalise`.
    pub is_final: bool,
    /// Why, as the first request said.
    pub reason: Reason,
    /// On which day it began, as `2026-11-28`.
    pub day: String,
    /// The head of the erasure ledger, to be noted elsewhere.
    pub ledger_head: String,
}

/// How many rows were reached.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Reached {
    records: u64,
    mentions: u64,
    held: u64,
}

impl Store {
    /// Erases somebody. `purge` also removes the rows, which otherwise stay without content.
    pub(crate) async fn erase(
        &self,
        person: Lookup,
        reason: &Reason,
        purge: bool,
    ) -> Result<ErasureReport, VaultError> {
        let known = self.db.query("SELECT erased FROM person WHERE lookup = $1", &[person.0.into()]).await?;
        if known.is_empty() && !self.keys.marks(false).await?.iter().any(|mark| mark.person == person) {
            return Err(VaultError::NotFound);
        }
        let mark = self.keys.mark(person, reason, day::today()).await?;
        let reached = if mark.state >= MarkState::Settled && !purge {
            self.reached(person).await?
        } else {
            self.carry_out(&mark, purge).await?
        };
        Ok(ErasureReport {
            keys: mark.keys.len() as u64,
            records: reached.records,
            mentions: reached.mentions,
            held: reached.held,
            is_final: mark.state == MarkState::Final,
            reason: mark.reason,
            day: day::to_text(mark.day),
            ledger_head: self.ledger.head()?.0,
        })
    }

    /// Everything after the intent.
    pub(super) async fn carry_out(&self, mark: &Mark, purge: bool) -> Result<Reached, VaultError> {
        self.forbid(mark).await?;
        let (ledger, written) = (self.ledger.clone(), erasure(mark));
        let written = tokio::task::spawn_blocking(move || ledger.erase(&written)).await;
        written.map_err(|_| VaultError::Unavailable)??;
        self.keys.destroy(mark).await?;
        let reached = self.clear(mark, purge).await?;
        self.keys.settle(mark).await?;
        Ok(reached)
    }

    /// From here on no row of this life is committed.
    async fn forbid(&self, mark: &Mark) -> Result<(), VaultError> {
        let mut tx = self.db.begin().await?;
        lock(&mut tx, self.deployment(), true).await?;
        let sql = "INSERT INTO person (lookup, erased) VALUES ($1, $2) ON CONFLICT (lookup) DO UPDATE \
                   SET erased = CASE WHEN person.erased > excluded.erased THEN person.erased ELSE excluded.erased END";
        tx.execute(sql, &[mark.person.0.into(), signed(mark.life).into()]).await?;
        Ok(tx.commit().await?)
    }

    /// Empties what is about the person, in every table, also of declarations that are not known to this process.
    async fn clear(&self, mark: &Mark, purge: bool) -> Result<Reached, VaultError> {
        let who = [Param::from(mark.person.0)];
        let mut reached = Reached::default();
        // Somebody who has begun a new life keeps what is written since: its keys are others.
        let dead: Vec<Param> = mark.keys.iter().map(|key| key.0.into()).collect();
        let lives_again = self.lives_again(mark).await?;
        let mut tx = self.db.begin().await?;
        let mut readable = Vec::new();
        for table in tx.query("SELECT tab, name, extra FROM record_table", &[]).await? {
            let (number, name, extra) = (table.int(0)?, table.text(1)?, words(&table.text(2)?));
            let cleared = cleared(&extra);
            let table = quoted(&name);
            let about = format!(
                "(owner = $1 AND own = 1 OR row_id IN (SELECT row_id FROM party WHERE lookup = $1 AND tab = {number} AND subject = 1))"
            );
            let about = if lives_again {
                // By the key that the envelope names: the bytes after the first two.
                let named = dead_keys(tx.kind(), &dead);
                format!("{about} AND (sealed IS NULL OR {named})")
            } else {
                about
            };
            let sql = format!("UPDATE {table} SET state = {HELD_ERASED} WHERE state = {HELD} AND {about}");
            if !lives_again {
                tx.execute(&sql, &who).await?;
            }
            if purge {
                let gone = format!("SELECT row_id FROM {table} WHERE state <> {HELD_ERASED} AND {about}");
                let rows = tx.query(&gone, &who).await?;
                let rows: Vec<Param> =
                    rows.iter().map(|row| row.bytes(0).map(Param::from)).collect::<Result<_, _>>()?;
                tx.execute_among("DELETE FROM party WHERE row_id IN ({among})", &[], &rows).await?;
                let sql = format!("DELETE FROM {table} WHERE row_id IN ({{among}})");
                reached.records += tx.execute_among(&sql, &[], &rows).await?;
            } else {
                let sql = format!(
                    "UPDATE {table} SET state = {ERASED}, {cleared} WHERE state = {LIVE} AND {about}"
                );
                tx.execute(&sql, &who).await?;
            }
            if extra.iter().any(|column| column.starts_with("plain_")) {
                readable.push(name);
            }
        }
        let (not_held, held) =
            ("row_id NOT IN (SELECT row_id FROM hold)", "row_id IN (SELECT row_id FROM hold)");
        if !lives_again {
            let sql = format!(
                "UPDATE party SET state = {ERASED}, sealed = NULL WHERE lookup = $1 AND subject = 0 AND {not_held}"
            );
            tx.execute(&sql, &who).await?;
            let sql = format!(
                "UPDATE party SET state = {HELD_ERASED} WHERE lookup = $1 AND subject = 0 AND {held}"
            );
            tx.execute(&sql, &who).await?;
        }
        tx.commit().await?;
        self.clear_series(mark.person, &mark.keys).await?;
        // What was readable is overwritten, as far as the database can.
        let readable: Vec<_> = readable.iter().map(String::as_str).collect();
        self.db.scrub(&readable).await?;
        let left = self.reached(mark.person).await?;
        reached.records += left.records;
        Ok(Reached { records: reached.records, ..left })
    }

    /// Whether the person was registered again after this erasure.
    async fn lives_again(&self, mark: &Mark) -> Result<bool, VaultError> {
        let sql = "SELECT 1 FROM participant WHERE owner = $1 AND state IN (0, 1)";
        let living = !self.db.query(sql, &[mark.person.0.into()]).await.or_else(none_if_missing)?.is_empty();
        if !living {
            return Ok(false);
        }
        let ensured = self.keys.ensure(&[mark.person], self.suite, crate::keys::Erased::Refuse).await?;
        Ok(ensured.into_iter().flatten().any(|living| living.life > mark.life))
    }

    /// How many rows of somebody are tombstones now.
    async fn reached(&self, person: Lookup) -> Result<Reached, VaultError> {
        let who = [Param::from(person.0)];
        let mut reached = Reached::default();
        let mut tx = self.db.snapshot().await?;
        for table in tx.query("SELECT tab, name FROM record_table", &[]).await? {
            let (number, name) = (table.int(0)?, table.text(1)?);
            let sql = format!(
                "SELECT state, COUNT(*) FROM {} WHERE state IN ({ERASED}, {HELD_ERASED}) AND (owner = $1 AND own = 1 OR row_id IN \
                 (SELECT row_id FROM party WHERE lookup = $1 AND tab = {number} AND subject = 1)) GROUP BY state",
                quoted(&name)
            );
            for row in tx.query(&sql, &who).await? {
                if row.int(0)? == ERASED {
                    reached.records += row.count(1)?;
                } else {
                    reached.held += row.count(1)?;
                }
            }
        }
        let sql =
            format!("SELECT COUNT(*) FROM party WHERE lookup = $1 AND subject = 0 AND state = {ERASED}");
        let rows = tx.query(&sql, &who).await?;
        reached.mentions = rows.first().map_or(Ok(0), |row| row.count(0))?;
        Ok(reached)
    }

    /// The last life of each person that the records know to be erased.
    pub(super) async fn erased_here(&self) -> Result<HashMap<Lookup, u64>, VaultError> {
        let rows = self.db.query("SELECT lookup, erased FROM person WHERE erased > 0", &[]).await?;
        let lives = rows.iter().map(|row| Ok((Lookup(row.array(0)?), row.count(1)?)));
        Ok(lives.collect::<Result<_, DatabaseError>>()?)
    }
}

/// There is no table of participants yet, so no person is registered.
fn none_if_missing(error: DatabaseError) -> Result<Vec<crate::database::Row>, DatabaseError> {
    match error {
        DatabaseError::Schema => Ok(Vec::new()),
        other => Err(other),
    }
}

/// A condition on the key that an envelope names.
fn dead_keys(kind: crate::database::Kind, keys: &[Param]) -> String {
    let keys = keys.iter().filter_map(|key| match key {
        Param::Bytes(Some(bytes)) => Some(crate::id::to_hex(bytes)),
        _ => None,
    });
    // The numbers of keys are hexadecimal digits and nothing else.
    let keys: Vec<_> = match kind {
        crate::database::Kind::Sqlite => keys.map(|hex| format!("x'{hex}'")).collect(),
        crate::database::Kind::Postgres => keys.map(|hex| format!("'\\x{hex}'::bytea")).collect(),
    };
    if keys.is_empty() {
        "FALSE".to_owned()
    } else {
        format!("substr(sealed, 3, 16) IN ({})", keys.join(", "))
    }
}

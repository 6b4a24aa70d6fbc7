//! Legal hold: one record is kept, with a key of its own, also when its person is erased.

use std::collections::HashMap;

use super::Store;
use super::read::{Found, Raw};
use super::reseal::RowKeys;
use super::table::{ERASED, HELD, HELD_ERASED, LIVE, Table, cleared, lock};
use crate::access::Opening;
use crate::database::{Param, quoted};
use crate::day;
use crate::error::VaultError;
use crate::id::{Lookup, RowId};
use crate::keys::Erased;
use crate::reason::Reason;
use nest_source::Purpose;

/// A record on hold.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Held {
    /// The number of its row, by which it is released.
    pub row: RowId,
    /// The name of its table.
    pub table: String,
    /// Why it is on hold.
    pub reason: Reason,
    /// Since when, as `2026-11-28`.
    pub day: String,
    /// Whether its person is erased: it goes when it is released.
    pub is_erased: bool,
}

impl Store {
    /// Puts a row on hold. Its envelopes are sealed with a key of the row's own, so that its person's key can go.
    pub(crate) async fn hold(&self, table: &Table, row: RowId, reason: &Reason) -> Result<(), VaultError> {
        let (raw, opened) = self.one(table, row, "hold").await?;
        if raw.state != LIVE {
            return Err(VaultError::Hold);
        }
        let lookup = self.keys.index().hold(&table.name, row);
        let living = self.keys.ensure(&[lookup], self.suite, Erased::NewLife).await?;
        let key = living.into_iter().flatten().next().ok_or(VaultError::Erased)?.key;
        let others = raw.parties.keys().map(|slot| (slot.clone(), key.clone())).collect();
        let keys = RowKeys { subject: key, others };
        let mut tx = self.db.begin().await?;
        lock(&mut tx, self.deployment(), false).await?;
        if !self.reseal_row(&mut tx, table, &raw, &opened, &keys, (LIVE, HELD)).await? {
            return Err(VaultError::Conflict { found: raw.version });
        }
        let row = vec![
            row.0.into(),
            table.number.into(),
            lookup.0.into(),
            reason.as_str().into(),
            day::today().into(),
        ];
        tx.insert("INSERT INTO hold (row_id, tab, lookup, reason, day)", &[row], "").await?;
        Ok(tx.commit().await?)
    }

    /// Releases a row. Where its person was erased meanwhile, the erasure is completed now.
    pub(crate) async fn release(&self, row: RowId) -> Result<(), VaultError> {
        let rows = self.db.query("SELECT tab, lookup FROM hold WHERE row_id = $1", &[row.0.into()]).await?;
        let found = rows.first().ok_or(VaultError::NotFound)?;
        let table = self.table(found.int(0)?).ok_or(VaultError::NotFound)?;
        let lookup = Lookup(found.array(1)?);
        let raw = self.by_rows(&table, &[row]).await?.pop().ok_or(VaultError::NotFound)?;
        if raw.state == HELD_ERASED {
            return self.release_erased(&table, row, lookup).await;
        }
        let (raw, opened) = self.one(&table, row, "release").await?;
        let mut slots: Vec<_> = raw.parties.keys().cloned().collect();
        let mut lookups: Vec<_> = raw.parties.values().map(|party| party.lookup).collect();
        slots.push(String::new());
        lookups.push(raw.subject());
        let living = self.keys.ensure(&lookups, self.suite, Erased::Refuse).await?;
        let mut keys: HashMap<_, _> =
            slots.into_iter().zip(living).filter_map(|(slot, living)| Some((slot, living?.key))).collect();
        let subject = keys.remove("").ok_or(VaultError::Erased)?;
        let keys = RowKeys { subject, others: keys };
        let mut tx = self.db.begin().await?;
        lock(&mut tx, self.deployment(), false).await?;
        if !self.reseal_row(&mut tx, &table, &raw, &opened, &keys, (HELD, LIVE)).await? {
            return Err(VaultError::Conflict { found: raw.version });
        }
        let this = [Param::from(row.0)];
        let sql = format!(
            "UPDATE party SET state = {ERASED}, sealed = NULL WHERE row_id = $1 AND state = {HELD_ERASED}"
        );
        tx.execute(&sql, &this).await?;
        tx.execute("DELETE FROM hold WHERE row_id = $1", &this).await?;
        tx.commit().await?;
        let living = self.keys.ensure(&[lookup], self.suite, Erased::Refuse).await?;
        let ids: Vec<_> = living.into_iter().flatten().map(|living| living.key.id()).collect();
        Ok(self.keys.discard(&ids).await?)
    }

    /// Completes the erasure of a row whose person is erased: its own key goes as theirs did.
    async fn release_erased(&self, table: &Table, row: RowId, lookup: Lookup) -> Result<(), VaultError> {
        let reason = Reason::new("released").map_err(|_| VaultError::NotFound)?;
        let mark = self.keys.mark(lookup, &reason, day::today()).await?;
        self.carry_out(&mark, false).await?;
        let this = [Param::from(row.0)];
        let mut tx = self.db.begin().await?;
        let cleared = cleared(&table.extra);
        let sql = format!("UPDATE {} SET state = {ERASED}, {cleared} WHERE row_id = $1", table.quoted());
        tx.execute(&sql, &this).await?;
        let sql = format!("UPDATE party SET state = {ERASED}, sealed = NULL WHERE row_id = $1");
        tx.execute(&sql, &this).await?;
        tx.execute("DELETE FROM hold WHERE row_id = $1", &this).await?;
        tx.commit().await?;
        Ok(self.db.scrub(&[&table.name]).await?)
    }

    /// Everything on hold.
    pub(crate) async fn holds(&self) -> Result<Vec<Held>, VaultError> {
        let mut held = Vec::new();
        let sql = "SELECT h.row_id, t.name, h.reason, h.day FROM hold h JOIN record_table t ON t.tab = h.tab";
        for row in self.db.query(sql, &[]).await? {
            let (id, table, reason) = (RowId(row.array(0)?), row.text(1)?, row.text(2)?);
            let sql = format!("SELECT state FROM {} WHERE row_id = $1", quoted(&table));
            let state = self.db.query(&sql, &[id.0.into()]).await?;
            let state = state.first().map_or(Ok(ERASED), |row| row.int(0))?;
            let reason = Reason::new(&reason);
            held.push(Held {
                row: id,
                table,
                reason: reason.map_err(|_| VaultError::Tampered { table: "hold".to_owned() })?,
                day: day::to_text(row.int(3)?),
                is_erased: state == HELD_ERASED,
            });
        }
        Ok(held)
    }

    /// One row, opened to be sealed anew. The access log says so.
    async fn one(
        &self,
        table: &Table,
        row: RowId,
        purpose: &str,
    ) -> Result<(Raw, Box<super::Opened>), VaultError> {
        let purpose = Purpose::new(purpose).map_err(|_| VaultError::NotFound)?;
        let raw = self.by_rows(table, &[row]).await?.pop().ok_or(VaultError::NotFound)?;
        let found = self.open_raw(table, std::slice::from_ref(&raw)).await?.pop();
        let found = found.ok_or(VaultError::NotFound)??;
        let opening = Opening { opened: 1, ..Opening::default() };
        self.access.note(&purpose, &table.name, opening).await.map_err(VaultError::AccessLog)?;
        match found {
            Found::Open(opened) => Ok((raw, opened)),
            Found::Erased => Err(VaultError::Erased),
        }
    }
}

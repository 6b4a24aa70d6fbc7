//! Sealing rows anew: in another suite, under another key, or by a later declaration.

use std::collections::HashMap;

use super::Store;
use super::layout::Slot;
use super::read::{Found, Opened, Raw};
use super::sealing::sealed;
use super::table::{HELD, LIVE, Table};
use crate::database::{Param, Tx, quoted, signed};
use crate::envelope::{Envelope, PersonKey};
use crate::error::VaultError;
use crate::id::{Lookup, RowId};
use crate::keys::Erased;

/// How many rows are sealed anew in one transaction.
const PAGE: u32 = 128;

/// The keys that a row is sealed with.
pub(super) struct RowKeys {
    pub(super) subject: PersonKey,
    /// By the slots of the others.
    pub(super) others: HashMap<String, PersonKey>,
}

impl Store {
    /// Seals every row in the store's suite and by its present declaration, where it is not. `progress` is told how many
    /// rows were looked at. It may be stopped and begun again; others may read and write meanwhile. Returns how many
    /// rows were sealed anew.
    pub(crate) async fn reseal(
        &self,
        dry_run: bool,
        mut progress: impl FnMut(u64),
    ) -> Result<u64, VaultError> {
        let mut done = 0;
        for table in self.tables() {
            let mut after: Option<RowId> = None;
            loop {
                let rows = self.rows_after(&table, after, PAGE).await?;
                let Some(last) = rows.last() else { break };
                after = Some(last.row);
                progress(rows.len() as u64);
                let old: Vec<Raw> =
                    rows.into_iter().filter(|row| row.state == LIVE && self.is_old(&table, row)).collect();
                if dry_run {
                    done += old.len() as u64;
                } else if !old.is_empty() {
                    done += self.reseal_rows(&table, &old).await?;
                }
            }
        }
        Ok(done)
    }

    fn is_old(&self, table: &Table, row: &Raw) -> bool {
        row.declared != table.declared()
            || row
                .envelopes()
                .any(|bytes| Envelope::read(bytes).is_ok_and(|envelope| envelope.suite != self.suite))
    }

    async fn reseal_rows(&self, table: &Table, rows: &[Raw]) -> Result<u64, VaultError> {
        let opened = self.open_raw(table, rows).await?;
        let mut people: Vec<Lookup> = rows
            .iter()
            .flat_map(|row| row.parties.values().map(|party| party.lookup).chain([row.subject()]))
            .collect();
        people.sort_unstable();
        people.dedup();
        let living = self.keys.ensure(&people, self.suite, Erased::Refuse).await?;
        let keys: HashMap<Lookup, PersonKey> =
            people.into_iter().zip(living).filter_map(|(who, living)| Some((who, living?.key))).collect();
        let mut tx = self.db.begin().await?;
        super::table::lock(&mut tx, self.deployment(), false).await?;
        let mut done = 0;
        for (row, found) in rows.iter().zip(opened) {
            let Found::Open(opened) = found? else { continue };
            let Some(subject) = keys.get(&row.subject()).cloned() else { continue };
            let others = row
                .parties
                .iter()
                .filter_map(|(slot, party)| Some((slot.clone(), keys.get(&party.lookup)?.clone())));
            let keys = RowKeys { subject, others: others.collect() };
            done += u64::from(self.reseal_row(&mut tx, table, row, &opened, &keys, (LIVE, LIVE)).await?);
        }
        tx.commit().await?;
        Ok(done)
    }

    /// Seals a row anew in its version, unless it was changed meanwhile. `states` are those before and after.
    pub(super) async fn reseal_row(
        &self,
        tx: &mut Tx,
        table: &Table,
        row: &Raw,
        opened: &Opened,
        keys: &RowKeys,
        states: (i64, i64),
    ) -> Result<bool, VaultError> {
        let people = table.layout.people.iter();
        let others: Vec<&Slot> =
            people.filter(|slot| !slot.is_subject && row.parties.contains_key(&slot.path)).collect();
        let (together, alone) =
            self.seal_own(table, row.row, row.version, &opened.record, &others, &keys.subject)?;
        let mut params: Vec<Param> = vec![
            row.row.0.into(),
            signed(row.version).into(),
            states.0.into(),
            states.1.into(),
            table.declared().into(),
            together.into(),
        ];
        let mut sets = String::new();
        let values = alone.into_iter().map(Param::from).chain(table.plain_params(&opened.record));
        for (column, value) in table.columns().iter().zip(values) {
            params.push(value);
            sets.push_str(&format!(", {} = ${}", quoted(column), params.len()));
        }
        let sql = format!(
            "UPDATE {} SET state = $4, declared = $5, sealed = $6{sets} \
             WHERE row_id = $1 AND version = $2 AND state = $3",
            table.quoted()
        );
        if tx.execute(&sql, &params).await? == 0 {
            return Ok(false);
        }
        for slot in others {
            let Some(key) = keys.others.get(&slot.path) else { continue };
            if opened.erased.contains(&slot.path) {
                continue;
            }
            let bytes = opened.record.bytes().get(slot.bytes.clone()).unwrap_or_default();
            let place = self.place(table, row.row, &slot.path, row.version);
            let sealed = sealed(key, &place, bytes, table)?;
            let sql = format!(
                "UPDATE party SET sealed = $3 WHERE row_id = $1 AND slot = $2 AND state IN ({LIVE}, {HELD})"
            );
            tx.execute(&sql, &[row.row.0.into(), slot.path.as_str().into(), sealed.into()]).await?;
        }
        Ok(true)
    }
}

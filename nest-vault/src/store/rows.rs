//! The rows of people in the tables: found, numbered, replaced and removed within one transaction.

use std::collections::{HashMap, HashSet};

use super::Store;
use super::table::{LIVE, Table};
use super::write::{Mode, Version};
use crate::database::{Kind, Param, Tx, quoted, signed};
use crate::error::VaultError;
use crate::id::{Lookup, RowId};

/// A row that is there.
pub(super) struct There {
    pub(super) row: RowId,
    pub(super) version: Version,
    pub(super) state: i64,
}

impl Store {
    /// The rows that these owners have on the page that is written.
    pub(super) async fn there(
        &self,
        tx: &mut Tx,
        table: &Table,
        mode: Mode,
        owners: &[Param],
    ) -> Result<HashMap<Lookup, There>, VaultError> {
        let page = match mode {
            Mode::Next => return Ok(HashMap::new()),
            Mode::Outcome(page) => page,
            Mode::Create | Mode::Replace(_) => 0,
        };
        // A row that is replaced is locked, so that two updates come one after the other.
        let locked = if tx.kind() == Kind::Postgres { " FOR UPDATE" } else { "" };
        let sql = format!(
            "SELECT owner, row_id, version, state FROM {} WHERE page = $1 AND owner IN ({{among}}) ORDER BY owner{locked}",
            table.quoted()
        );
        let rows = tx.query_among(&sql, &[i64::from(page).into()], owners).await?;
        let mut there = HashMap::with_capacity(rows.len());
        for row in rows {
            let found = There { row: RowId(row.array(1)?), version: row.count(2)?, state: row.int(3)? };
            there.insert(Lookup(row.array(0)?), found);
        }
        Ok(there)
    }
}

/// The last life of each that is erased. People who are new are written down.
pub(super) async fn people(
    tx: &mut Tx,
    everybody: &[Lookup],
    locked: bool,
) -> Result<HashMap<Lookup, u64>, VaultError> {
    let params: Vec<Param> = everybody.iter().map(|who| who.0.into()).collect();
    let read = |rows: Vec<crate::database::Row>| {
        rows.iter()
            .map(|row| Ok((Lookup(row.array(0)?), row.count(1)?)))
            .collect::<Result<HashMap<_, _>, crate::database::DatabaseError>>()
    };
    let sql = "SELECT lookup, erased FROM person WHERE lookup IN ({among})";
    let mut known = read(tx.query_among(sql, &[], &params).await?)?;
    let new: Vec<_> = everybody.iter().filter(|who| !known.contains_key(who)).collect();
    if !new.is_empty() {
        let rows: Vec<_> = new.iter().map(|who| vec![who.0.into(), 0.into()]).collect();
        tx.insert("INSERT INTO person (lookup, erased)", &rows, "ON CONFLICT DO NOTHING").await?;
        let params: Vec<Param> = new.iter().map(|who| who.0.into()).collect();
        known.extend(read(tx.query_among(sql, &[], &params).await?)?);
    }
    if locked && tx.kind() == Kind::Postgres {
        // Records about several people are numbered for each of them: one batch after the other.
        let sql = "SELECT lookup, erased FROM person WHERE lookup IN ({among}) ORDER BY lookup FOR UPDATE";
        known.extend(read(tx.query_among(sql, &[], &params).await?)?);
    }
    Ok(known)
}

/// The page that is free for each person.
pub(super) async fn next_pages(
    tx: &mut Tx,
    table: &Table,
    people: &[Lookup],
) -> Result<HashMap<Lookup, i64>, VaultError> {
    let params: Vec<Param> = people.iter().map(|who| who.0.into()).collect();
    let mut next: HashMap<Lookup, i64> = HashMap::new();
    let own =
        format!("SELECT owner, MAX(page) FROM {} WHERE owner IN ({{among}}) GROUP BY owner", table.quoted());
    let rows = tx.query_among(&own, &[], &params).await?;
    let sql = "SELECT lookup, MAX(page) FROM party WHERE tab = $1 AND lookup IN ({among}) GROUP BY lookup";
    let others = tx.query_among(sql, &[table.number.into()], &params).await?;
    for row in rows.iter().chain(&others) {
        if let Some(page) = row.int_or_null(1)? {
            let next = next.entry(Lookup(row.array(0)?)).or_insert(0);
            *next = (page + 1).max(*next);
        }
    }
    Ok(next)
}

/// Removes a row and the people it names.
pub(super) async fn remove(tx: &mut Tx, table: &Table, row: RowId) -> Result<(), VaultError> {
    let row = [Param::from(row.0)];
    tx.execute("DELETE FROM party WHERE row_id = $1", &row).await?;
    tx.execute(&format!("DELETE FROM {} WHERE row_id = $1", table.quoted()), &row).await?;
    Ok(())
}

/// Writes a row anew under its next version. Those it named are removed, and named anew after it.
pub(super) async fn update(
    tx: &mut Tx,
    table: &Table,
    there: &There,
    version: Version,
    together: Vec<u8>,
    own: i64,
    columns: Vec<Param>,
) -> Result<(), VaultError> {
    let mut params: Vec<Param> = vec![
        there.row.0.into(),
        signed(there.version).into(),
        signed(version).into(),
        table.declared().into(),
        together.into(),
        own.into(),
    ];
    let mut sets = String::new();
    for (column, value) in table.columns().iter().zip(columns) {
        params.push(value);
        sets.push_str(&format!(", {} = ${}", quoted(column), params.len()));
    }
    tx.execute("DELETE FROM party WHERE row_id = $1", &[there.row.0.into()]).await?;
    let sql = format!(
        "UPDATE {} SET version = $3, declared = $4, sealed = $5, own = $6{sets} WHERE row_id = $1 AND version = $2 AND state = {LIVE}",
        table.quoted()
    );
    match tx.execute(&sql, &params).await? {
        1 => Ok(()),
        // The row is locked, or SQLite has one writer, so this does not happen unless the tables were changed by hand.
        _ => Err(VaultError::Conflict { found: there.version }),
    }
}

pub(super) fn distinct(params: &[Param]) -> Vec<Param> {
    let mut distinct: Vec<Param> = Vec::with_capacity(params.len());
    let mut seen = HashSet::new();
    for param in params {
        if let Param::Bytes(Some(bytes)) = param
            && seen.insert(bytes.clone())
        {
            distinct.push(param.clone());
        }
    }
    distinct
}

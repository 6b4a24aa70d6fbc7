//! Writing records: one transaction for a batch, with an outcome for each record.

use std::collections::{HashMap, HashSet};

use nest_core::value::{PlainRecord, Value};
use nest_core::{Domain, Pseudonym};

use super::layout::Slot;
use super::table::{HELD, HELD_ERASED, LIVE, Table, lock};
use super::{Repetition, Store};
use crate::database::{Kind, Param, Tx, quoted, signed};
use crate::day;
use crate::envelope::{PersonKey, Place, seal};
use crate::error::VaultError;
use crate::id::{Lookup, RowId};
use crate::keys::{Erased, Living};

/// Which version of a record: 1 when it is new, and one more with each update.
pub type Version = u64;

/// Somebody, as a domain knows them.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Who<'a> {
    /// The domain.
    pub domain: &'a Domain,
    /// Their pseudonym there.
    pub pseudonym: Pseudonym,
}

/// A record that is to be written.
pub(crate) struct Item<'a> {
    pub(crate) who: Pseudonym,
    pub(crate) record: &'a PlainRecord,
}

/// How a batch is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Mode {
    /// As the one record of the person, which must not be there.
    Create,
    /// In place of the one that is there, in this version where one is named.
    Replace(Option<Version>),
    /// As this outcome, which must not be there.
    Outcome(u16),
    /// As the next outcome.
    Next,
}

/// Why one record of a batch was not written. The others are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Refusal {
    NotFound,
    Conflict(Version),
    Erased,
    Hold,
    /// The subject's own pseudonym contradicts the person it is written for, or is missing.
    Invalid,
}

/// A person that a record names.
struct Party<'a> {
    slot: &'a Slot,
    lookup: Lookup,
}

/// What of an item is known before anything is written.
struct Prepared<'a> {
    owner: Lookup,
    subject: Lookup,
    /// Everybody in a slot, also the subject.
    parties: Vec<Party<'a>>,
}

/// A row that is there.
struct There {
    row: RowId,
    version: Version,
    state: i64,
}

impl Store {
    /// Writes a batch in one transaction. Either all outcomes and the repetition are durable, or nothing is.
    pub(crate) async fn put(
        &self,
        table: &Table,
        domain: &Domain,
        items: &[Item<'_>],
        mode: Mode,
        registered: bool,
        repetition: Option<&Repetition>,
    ) -> Result<Vec<Result<Version, Refusal>>, VaultError> {
        let prepared: Vec<_> =
            items.iter().map(|item| self.prepare(table, domain, item)).collect::<Result<_, _>>()?;
        let everybody: HashSet<Lookup> = prepared
            .iter()
            .flat_map(|item| item.parties.iter().map(|party| party.lookup).chain([item.owner, item.subject]))
            .collect();
        let mut everybody: Vec<_> = everybody.into_iter().collect();
        // In one order, so that no two batches wait for each other.
        everybody.sort_unstable();

        // Keys first: one that nothing is sealed with is harmless.
        let new_life = table.content == super::Content::Participant && mode == Mode::Create;
        let living = self.keys.ensure(&everybody, self.suite, Erased::Refuse).await?;
        let mut keys: HashMap<Lookup, Living> = HashMap::new();
        keys.extend(everybody.iter().zip(living).filter_map(|(who, living)| Some((*who, living?))));
        if new_life {
            let again: Vec<_> =
                prepared.iter().map(|item| item.owner).filter(|who| !keys.contains_key(who)).collect();
            if !again.is_empty() {
                let living = self.keys.ensure(&again, self.suite, Erased::NewLife).await?;
                keys.extend(again.iter().zip(living).filter_map(|(who, living)| Some((*who, living?))));
            }
        }

        let mut tx = self.db.begin().await?;
        lock(&mut tx, self.deployment(), false).await?;
        if !self.is_new(&mut tx, repetition).await? {
            return Err(VaultError::Unavailable);
        }
        let has_others =
            prepared.iter().any(|item| item.parties.iter().any(|party| party.lookup != item.owner));
        let erased = people(&mut tx, &everybody, has_others).await?;
        let owners: Vec<Param> = prepared.iter().map(|item| item.owner.0.into()).collect();
        let is_registered: Option<HashSet<Lookup>> = if registered {
            let sql = "SELECT owner FROM participant WHERE state IN (0, 1) AND owner IN ({among})";
            let rows = tx.query_among(sql, &[], &distinct(&owners)).await?;
            Some(rows.iter().map(|row| row.array(0).map(Lookup)).collect::<Result<_, _>>()?)
        } else {
            None
        };
        let mut there = self.there(&mut tx, table, mode, &distinct(&owners)).await?;
        let mut next = if has_others || mode == Mode::Next {
            next_pages(&mut tx, table, &everybody).await?
        } else {
            HashMap::new()
        };

        let mut batch = Batch { rows: Vec::new(), parties: Vec::new() };
        let mut results = Vec::with_capacity(items.len());
        for (item, prepared) in items.iter().zip(&prepared) {
            let is_alive = |who: &Lookup| {
                let living = keys.get(who)?;
                (living.life > erased.get(who).copied().unwrap_or(0)).then_some(living)
            };
            let named = prepared.parties.iter().map(|party| party.lookup);
            let all = named.chain([prepared.subject]).all(|who| is_alive(&who).is_some());
            let there_now = there.get(&prepared.owner);
            let refusal = if is_registered.as_ref().is_some_and(|known| !known.contains(&prepared.owner)) {
                Some(Refusal::NotFound)
            } else if is_alive(&prepared.owner).is_none() {
                // Somebody who is erased is not there: what is asked of them is not found.
                Some(Refusal::Erased)
            } else if !all {
                Some(Refusal::Erased)
            } else if table
                .subject()
                .is_some_and(|subject| !prepared.parties.iter().any(|party| party.slot.path == subject.path))
            {
                Some(Refusal::Invalid)
            } else {
                match (mode, there_now) {
                    (_, Some(there)) if there.state == HELD => Some(Refusal::Hold),
                    (Mode::Replace(_), None) => Some(Refusal::NotFound),
                    (Mode::Replace(_), Some(there)) if there.state != LIVE => Some(Refusal::NotFound),
                    (Mode::Replace(Some(expected)), Some(there)) if there.version != expected => {
                        Some(Refusal::Conflict(there.version))
                    }
                    (Mode::Create | Mode::Outcome(_), Some(there)) if there.state == LIVE => {
                        Some(Refusal::Conflict(there.version))
                    }
                    _ => None,
                }
            };
            if let Some(refusal) = refusal {
                results.push(Err(refusal));
                continue;
            }
            let Some(subject) = keys.get(&prepared.subject) else {
                results.push(Err(Refusal::Erased));
                continue;
            };
            let page = match mode {
                Mode::Create | Mode::Replace(_) => 0,
                Mode::Outcome(page) => i64::from(page),
                Mode::Next => {
                    let page = next.entry(prepared.owner).or_insert(0);
                    *page += 1;
                    *page - 1
                }
            };
            let (row, version) = match (mode, there_now) {
                (Mode::Replace(_), Some(there)) => (there.row, there.version + 1),
                (_, Some(there)) => {
                    // A tombstone of a life before, or one on hold from then: the first gives way.
                    if there.state == HELD_ERASED {
                        results.push(Err(Refusal::Hold));
                        continue;
                    }
                    remove(&mut tx, table, there.row).await?;
                    (RowId::random(), 1)
                }
                (_, None) => (RowId::random(), 1),
            };
            let sealed = self.seal_row(table, row, version, item.record, prepared, subject, &keys)?;
            for (place, party) in prepared.parties.iter().enumerate() {
                let is_subject = party.slot.is_subject;
                if is_subject && party.lookup == prepared.owner {
                    continue;
                }
                // Found under each person once: by the row itself where they own it.
                let first = prepared.parties.iter().position(|other| other.lookup == party.lookup);
                let page = if party.lookup == prepared.owner || first != Some(place) {
                    None
                } else {
                    let page = next.entry(party.lookup).or_insert(0);
                    *page += 1;
                    Some(*page - 1)
                };
                batch.parties.push(vec![
                    row.0.into(),
                    party.slot.path.as_str().into(),
                    table.number.into(),
                    party.lookup.0.into(),
                    Param::Int(page),
                    i64::from(is_subject).into(),
                    LIVE.into(),
                    Param::Bytes(sealed.parties.get(&party.slot.path).cloned()),
                ]);
            }
            let mut columns: Vec<Param> = sealed.alone.into_iter().map(Param::from).collect();
            columns.extend(table.plain_params(item.record));
            if let (Mode::Replace(_), Some(there)) = (mode, there_now) {
                let own = i64::from(prepared.subject == prepared.owner);
                update(&mut tx, table, there, version, sealed.together, own, columns).await?;
            } else {
                let own = i64::from(prepared.subject == prepared.owner);
                let mut values: Vec<Param> = vec![
                    row.0.into(),
                    prepared.owner.0.into(),
                    page.into(),
                    own.into(),
                    signed(version).into(),
                    table.declared().into(),
                    day::today().into(),
                    LIVE.into(),
                    sealed.together.into(),
                ];
                values.extend(columns);
                batch.rows.push(values);
            }
            if mode != Mode::Next {
                there.insert(prepared.owner, There { row, version, state: LIVE });
            }
            results.push(Ok(version));
        }
        let columns: String = table.columns().iter().map(|column| format!(", {}", quoted(column))).collect();
        let head = format!("INSERT INTO {} ({}{columns})", table.quoted(), super::table::FIXED);
        tx.insert(&head, &batch.rows, "").await?;
        let head = "INSERT INTO party (row_id, slot, tab, lookup, page, subject, state, sealed)";
        tx.insert(head, &batch.parties, "").await?;
        self.remember(&mut tx, repetition, &results).await?;
        tx.commit().await?;
        Ok(results)
    }

    /// Removes what each of these people was given, and the outcomes that are theirs.
    pub(crate) async fn delete(
        &self,
        (table, outcomes): (&Table, &Table),
        domain: &Domain,
        people: &[Pseudonym],
        repetition: Option<&Repetition>,
    ) -> Result<Vec<Result<Version, Refusal>>, VaultError> {
        let owners: Vec<_> = people.iter().map(|who| self.keys.index().person(domain, who)).collect();
        let mut tx = self.db.begin().await?;
        lock(&mut tx, self.deployment(), false).await?;
        if !self.is_new(&mut tx, repetition).await? {
            return Err(VaultError::Unavailable);
        }
        let params: Vec<Param> = owners.iter().map(|owner| owner.0.into()).collect();
        let sql = "SELECT owner FROM participant WHERE state IN (0, 1) AND owner IN ({among})";
        let rows = tx.query_among(sql, &[], &distinct(&params)).await?;
        let registered: HashSet<Lookup> =
            rows.iter().map(|row| row.array(0).map(Lookup)).collect::<Result<_, _>>()?;
        let mut there = self.there(&mut tx, table, Mode::Create, &distinct(&params)).await?;
        let mut results = Vec::with_capacity(people.len());
        for owner in &owners {
            results.push(match there.get(owner) {
                _ if !registered.contains(owner) => Err(Refusal::NotFound),
                Some(found) if found.state == HELD => Err(Refusal::Hold),
                Some(found) if found.state == LIVE => {
                    let (row, version) = (found.row, found.version);
                    remove(&mut tx, table, row).await?;
                    let own = format!(
                        "SELECT row_id FROM {} WHERE owner = $1 AND state NOT IN ({HELD}, {HELD_ERASED})",
                        outcomes.quoted()
                    );
                    for row in tx.query(&own, &[owner.0.into()]).await? {
                        remove(&mut tx, outcomes, RowId(row.array(0)?)).await?;
                    }
                    there.remove(owner);
                    Ok(version)
                }
                _ => Err(Refusal::NotFound),
            });
        }
        self.remember(&mut tx, repetition, &results).await?;
        tx.commit().await?;
        Ok(results)
    }

    fn prepare<'t>(
        &self,
        table: &'t Table,
        domain: &Domain,
        item: &Item<'_>,
    ) -> Result<Prepared<'t>, VaultError> {
        let index = self.keys.index();
        let owner = index.person(domain, &item.who);
        let mut subject = owner;
        let mut parties = Vec::with_capacity(table.layout.people.len());
        for slot in &table.layout.people {
            let who = match item.record.get(&slot.path) {
                Ok(Value::Pseudonym(who)) => who,
                _ => continue,
            };
            let lookup = index.person(domain, &who);
            if slot.is_subject {
                subject = lookup;
            }
            parties.push(Party { slot, lookup });
        }
        Ok(Prepared { owner, subject, parties })
    }

    /// The envelopes of a row.
    #[allow(clippy::too_many_arguments)]
    fn seal_row(
        &self,
        table: &Table,
        row: RowId,
        version: Version,
        record: &PlainRecord,
        prepared: &Prepared<'_>,
        subject: &Living,
        keys: &HashMap<Lookup, Living>,
    ) -> Result<SealedRow, VaultError> {
        let others: Vec<_> = prepared.parties.iter().filter(|party| !party.slot.is_subject).collect();
        let mut parties = HashMap::new();
        for party in &others {
            let Some(living) = keys.get(&party.lookup) else { continue };
            let bytes = record.bytes().get(party.slot.bytes.clone()).unwrap_or_default();
            let place = self.place(table, row, &party.slot.path, version);
            parties.insert(party.slot.path.clone(), sealed(&living.key, &place, bytes, table)?);
        }
        let slots: Vec<_> = others.iter().map(|party| party.slot).collect();
        let (together, alone) = self.seal_own(table, row, version, record, &slots, &subject.key)?;
        Ok(SealedRow { together, alone, parties })
    }

    /// The envelope of the subject, and those of fields alone.
    pub(super) fn seal_own(
        &self,
        table: &Table,
        row: RowId,
        version: Version,
        record: &PlainRecord,
        others: &[&Slot],
        key: &PersonKey,
    ) -> Result<(Vec<u8>, Vec<Vec<u8>>), VaultError> {
        let text = table.layout.together(record.bytes(), others);
        let together = sealed(key, &self.place(table, row, "", version), &text, table)?;
        let alone = table.layout.alone.iter().map(|(path, bytes)| {
            let text = record.bytes().get(bytes.clone()).unwrap_or_default();
            sealed(key, &self.place(table, row, path, version), text, table)
        });
        Ok((together, alone.collect::<Result<_, _>>()?))
    }

    pub(super) fn place<'a>(
        &self,
        table: &'a Table,
        row: RowId,
        slot: &'a str,
        version: Version,
    ) -> Place<'a> {
        let declared = table.declared();
        Place { deployment: self.deployment(), table: &table.name, row, slot, version, declared }
    }

    /// The rows that these owners have on the page that is written.
    async fn there(
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

struct Batch {
    rows: Vec<Vec<Param>>,
    parties: Vec<Vec<Param>>,
}

struct SealedRow {
    together: Vec<u8>,
    alone: Vec<Vec<u8>>,
    parties: HashMap<String, Vec<u8>>,
}

pub(super) fn sealed(
    key: &PersonKey,
    place: &Place<'_>,
    text: &[u8],
    table: &Table,
) -> Result<Vec<u8>, VaultError> {
    seal(key, place, text).map_err(|error| VaultError::of_envelope(error, &table.name))
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
async fn next_pages(
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

/// Removes a row with everybody it names.
pub(super) async fn remove(tx: &mut Tx, table: &Table, row: RowId) -> Result<(), VaultError> {
    let row = [Param::from(row.0)];
    tx.execute("DELETE FROM party WHERE row_id = $1", &row).await?;
    tx.execute(&format!("DELETE FROM {} WHERE row_id = $1", table.quoted()), &row).await?;
    Ok(())
}

/// Writes a row anew under its next version. Those it named are removed, and named anew after it.
async fn update(
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
        // It is locked, or SQLite has one writer: nobody can have changed it.
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

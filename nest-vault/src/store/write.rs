//! Writing records: one transaction for a batch, with an outcome for each record.

use std::collections::{HashMap, HashSet};

use nest_core::value::PlainRecord;
use nest_core::{Domain, Pseudonym};

use super::rows::{There, distinct, next_pages, people, remove, update};
use super::table::{HELD, HELD_ERASED, LIVE, Table, lock};
use super::{Repetition, Store};
use crate::database::{Param, quoted, signed};
use crate::day;
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
}

struct Batch {
    rows: Vec<Vec<Param>>,
    parties: Vec<Vec<Param>>,
}

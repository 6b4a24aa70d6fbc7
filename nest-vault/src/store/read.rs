//! Reading records: keys are looked up together, and the access log is written before anything is returned.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use nest_core::value::PlainRecord;
use nest_core::{Domain, Fingerprint, Pseudonym};
use zeroize::Zeroizing;

use super::layout::{Layout, column};
use super::rows::distinct;
use super::table::{ERASED, FIXED, HELD_ERASED, LIVE, Table};
use super::{Store, Version};
use crate::access;
use crate::database::{Param, Row, quoted};
use crate::envelope::{Envelope, Place};
use crate::error::VaultError;
use crate::id::{KeyId, Lookup, RowId};
use crate::keys::Unwrapped;
use nest_source::Purpose;

/// A record that was opened.
pub(crate) struct Opened {
    pub(crate) record: PlainRecord,
    /// The fields whose people are erased; what stands there is a random pseudonym.
    pub(crate) erased: Vec<String>,
    pub(crate) version: Version,
    pub(crate) declared: Fingerprint,
    pub(crate) row: RowId,
}

/// What was found of a record.
pub(crate) enum Found {
    Open(Box<Opened>),
    /// It was there, and the person is erased.
    Erased,
}

/// How much there is about somebody in an activity.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Counts {
    pub(crate) given: bool,
    pub(crate) outcomes: usize,
    pub(crate) erased: usize,
}

/// A row with its envelopes, not opened.
pub(crate) struct Raw {
    pub(crate) row: RowId,
    pub(crate) owner: Lookup,
    pub(crate) own: bool,
    pub(crate) version: Version,
    pub(crate) declared: [u8; 16],
    pub(crate) state: i64,
    pub(crate) sealed: Option<Vec<u8>>,
    /// The columns of fields alone, by name.
    pub(crate) alone: HashMap<String, Option<Vec<u8>>>,
    pub(crate) parties: HashMap<String, RawParty>,
}

/// Somebody whom a row names.
pub(crate) struct RawParty {
    pub(crate) lookup: Lookup,
    pub(crate) is_subject: bool,
    pub(crate) state: i64,
    pub(crate) sealed: Option<Vec<u8>>,
}

impl Raw {
    /// Everything that is sealed in it.
    pub(super) fn envelopes(&self) -> impl Iterator<Item = &Vec<u8>> {
        let parties = self.parties.values().filter_map(|party| party.sealed.as_ref());
        self.sealed.iter().chain(self.alone.values().flatten()).chain(parties)
    }

    /// Whose record it is.
    pub(super) fn subject(&self) -> Lookup {
        let named = self.parties.values().find(|party| party.is_subject);
        named.filter(|_| !self.own).map_or(self.owner, |party| party.lookup)
    }
}

impl Table {
    fn alone_columns(&self) -> Vec<&String> {
        self.extra.iter().filter(|name| name.starts_with("alone_")).collect()
    }
}

impl Store {
    /// The statement that selects whole rows, up to its condition.
    pub(super) fn select(table: &Table) -> String {
        let alone: String = table.alone_columns().iter().map(|name| format!(", {}", quoted(name))).collect();
        format!("SELECT {FIXED}{alone} FROM {}", table.quoted())
    }

    /// Rows as they are stored, with the people they name.
    pub(super) async fn raw(&self, table: &Table, rows: Vec<Row>) -> Result<Vec<Raw>, VaultError> {
        let names = table.alone_columns();
        let mut raw = Vec::with_capacity(rows.len());
        for row in &rows {
            let mut alone = HashMap::with_capacity(names.len());
            for (place, name) in (9..).zip(&names) {
                alone.insert((*name).clone(), row.bytes_or_null(place)?);
            }
            raw.push(Raw {
                row: RowId(row.array(0)?),
                owner: Lookup(row.array(1)?),
                own: row.int(3)? == 1,
                version: row.count(4)?,
                declared: row.array(5)?,
                state: row.int(7)?,
                sealed: row.bytes_or_null(8)?,
                alone,
                parties: HashMap::new(),
            });
        }
        let is_named = table.layout.people.iter().any(|slot| !slot.is_subject);
        if is_named || raw.iter().any(|row| !row.own) {
            let ids: Vec<Param> = raw.iter().map(|row| row.row.0.into()).collect();
            let sql =
                "SELECT row_id, slot, state, sealed, lookup, subject FROM party WHERE row_id IN ({among})";
            let mut parties: HashMap<RowId, HashMap<String, RawParty>> = HashMap::new();
            for row in self.db.query_among(sql, &[], &distinct(&ids)).await? {
                let party = RawParty {
                    lookup: Lookup(row.array(4)?),
                    is_subject: row.int(5)? == 1,
                    state: row.int(2)?,
                    sealed: row.bytes_or_null(3)?,
                };
                parties.entry(RowId(row.array(0)?)).or_default().insert(row.text(1)?, party);
            }
            for row in &mut raw {
                row.parties = parties.remove(&row.row).unwrap_or_default();
            }
        }
        Ok(raw)
    }

    /// Opens rows. An error of one row leaves the others; an error of the store is one for all.
    pub(super) async fn open_raw(
        &self,
        table: &Table,
        rows: &[Raw],
    ) -> Result<Vec<Result<Found, VaultError>>, VaultError> {
        let mut ids: HashSet<KeyId> = HashSet::new();
        for row in rows {
            ids.extend(row.envelopes().filter_map(|envelope| Some(Envelope::read(envelope).ok()?.key)));
        }
        let ids: Vec<_> = ids.into_iter().collect();
        let keys = self.keys.unwrap_many(&ids).await?;
        let mut opened = Vec::with_capacity(rows.len());
        for row in rows {
            let layout = match self.layout_of(table, row.declared).await {
                Ok(layout) => layout,
                Err(error) => {
                    opened.push(Err(error));
                    continue;
                }
            };
            let layout = layout.as_deref().unwrap_or(&table.layout);
            opened.push(self.open_row(table, layout, row, &keys));
        }
        Ok(opened)
    }

    /// The division that a row was written by; `None` for the present one.
    async fn layout_of(&self, table: &Table, declared: [u8; 16]) -> Result<Option<Arc<Layout>>, VaultError> {
        if declared == table.declared() {
            return Ok(None);
        }
        let now = table.layout.schema;
        let layout = self.layout(declared).await?;
        let layout = layout.ok_or_else(|| VaultError::Tampered { table: table.name.clone() })?;
        if layout.schema.meaning_fingerprint() != now.meaning_fingerprint() {
            let kept = layout.schema.content_fingerprint();
            return Err(VaultError::Declaration { kept, now: now.content_fingerprint() });
        }
        Ok(Some(layout))
    }

    fn open_row(
        &self,
        table: &Table,
        layout: &Layout,
        row: &Raw,
        keys: &HashMap<KeyId, Unwrapped>,
    ) -> Result<Found, VaultError> {
        if row.state == ERASED || row.state == HELD_ERASED {
            return Ok(Found::Erased);
        }
        let tampered = || VaultError::Tampered { table: table.name.clone() };
        let open = |bytes: &[u8], slot: &str| -> Result<Option<Zeroizing<Vec<u8>>>, VaultError> {
            let refused = |error| VaultError::of_envelope(error, &table.name);
            let envelope = Envelope::read(bytes).map_err(refused)?;
            let place = Place {
                deployment: self.deployment(),
                table: &table.name,
                row: row.row,
                slot,
                version: row.version,
                declared: row.declared,
            };
            match keys.get(&envelope.key) {
                Some(Unwrapped::Key(key)) => envelope.open(key, &place).map(Some).map_err(refused),
                Some(Unwrapped::Destroyed) => Ok(None),
                None => Err(tampered()),
            }
        };
        let mut bytes = Zeroizing::new(vec![0; layout.schema.plain_len()]);
        let Some(text) = open(row.sealed.as_deref().ok_or_else(tampered)?, "")? else {
            return Ok(Found::Erased);
        };
        layout.put_together(&text, &mut bytes).ok_or_else(tampered)?;
        for (path, place) in &layout.alone {
            let sealed = row.alone.get(&column("alone", path)).and_then(Option::as_deref);
            let Some(text) = open(sealed.ok_or_else(tampered)?, path)? else { return Ok(Found::Erased) };
            let own = bytes.get_mut(place.clone()).filter(|own| own.len() == text.len());
            own.ok_or_else(tampered)?.copy_from_slice(&text);
        }
        let mut erased = Vec::new();
        for slot in layout.people.iter().filter(|slot| !slot.is_subject) {
            let own = bytes.get_mut(slot.bytes.clone()).ok_or_else(tampered)?;
            let text = match row.parties.get(&slot.path) {
                Some(RawParty { state: LIVE, sealed: Some(sealed), .. }) => open(sealed, &slot.path)?,
                Some(RawParty { state: LIVE, sealed: None, .. }) => return Err(tampered()),
                Some(_) => None,
                // Filler names no person. It is in the envelope of the subject.
                None if slot.filler && own.iter().any(|byte| *byte != 0) => continue,
                None => return Err(tampered()),
            };
            match text {
                Some(text) if text.len() == own.len() => own.copy_from_slice(&text),
                Some(_) => return Err(tampered()),
                None => {
                    own.copy_from_slice(&Pseudonym::random().to_bytes());
                    erased.push(slot.path.clone());
                }
            }
        }
        let record = PlainRecord::from_bytes(table.layout.schema, &bytes).map_err(|_| tampered())?;
        let declared = layout.schema.content_fingerprint();
        Ok(Found::Open(Box::new(Opened { record, erased, version: row.version, declared, row: row.row })))
    }

    /// Opens rows for a purpose: the access log says so before they are returned.
    pub(crate) async fn open_for(
        &self,
        purpose: &Purpose,
        table: &Table,
        rows: &[Raw],
    ) -> Result<Vec<Result<Found, VaultError>>, VaultError> {
        let opened = self.open_raw(table, rows).await?;
        let mut opening = access::Opening::default();
        for found in &opened {
            match found {
                Ok(Found::Open(_)) => opening.opened += 1,
                Ok(Found::Erased) => opening.erased += 1,
                Err(_) => opening.failed += 1,
            }
        }
        self.access.note(purpose, &table.name, opening).await.map_err(VaultError::AccessLog)?;
        Ok(opened)
    }

    /// Of these people those who are registered.
    pub(crate) async fn registered(&self, people: &[Lookup]) -> Result<HashSet<Lookup>, VaultError> {
        let params: Vec<Param> = people.iter().map(|who| who.0.into()).collect();
        let sql = "SELECT owner FROM participant WHERE state IN (0, 1) AND owner IN ({among})";
        let rows = self.db.query_among(sql, &[], &distinct(&params)).await?;
        Ok(rows.iter().map(|row| row.array(0).map(Lookup)).collect::<Result<_, _>>()?)
    }

    pub(crate) fn lookups(&self, domain: &Domain, people: &[Pseudonym]) -> Vec<Lookup> {
        people.iter().map(|who| self.keys.index().person(domain, who)).collect()
    }

    /// The one record of each of these people: what they were given, or what was said when they were registered.
    pub(crate) async fn read_given(
        &self,
        purpose: &Purpose,
        table: &Table,
        people: &[Lookup],
    ) -> Result<HashMap<Lookup, Result<Found, VaultError>>, VaultError> {
        let params: Vec<Param> = people.iter().map(|who| who.0.into()).collect();
        let sql = format!("{} WHERE page = 0 AND owner IN ({{among}})", Self::select(table));
        let rows = self.db.query_among(&sql, &[], &distinct(&params)).await?;
        let raw = self.raw(table, rows).await?;
        let opened = self.open_for(purpose, table, &raw).await?;
        Ok(raw.iter().map(|row| row.owner).zip(opened).collect())
    }

    /// The rows that each of these people has in a table, in the order of their pages: their own, and those that name
    /// them. With each whether anything is left of it.
    pub(crate) async fn pages(
        &self,
        table: &Table,
        people: &[Lookup],
    ) -> Result<HashMap<Lookup, Vec<(RowId, bool)>>, VaultError> {
        let params = distinct(&people.iter().map(|who| who.0.into()).collect::<Vec<Param>>());
        let own =
            format!("SELECT owner, page, row_id, state FROM {} WHERE owner IN ({{among}})", table.quoted());
        let mut rows = self.db.query_among(&own, &[], &params).await?;
        if !table.layout.people.is_empty() {
            let named = format!(
                "SELECT p.lookup, p.page, p.row_id, CASE WHEN p.state = {LIVE} THEN r.state ELSE {ERASED} END FROM party p \
                 JOIN {} r ON r.row_id = p.row_id WHERE p.tab = $1 AND p.page IS NOT NULL AND p.lookup IN ({{among}})",
                table.quoted()
            );
            rows.extend(self.db.query_among(&named, &[table.number.into()], &params).await?);
        }
        let mut pages: HashMap<Lookup, Vec<(i64, RowId, bool)>> = HashMap::new();
        for row in &rows {
            let state = row.int(3)?;
            let left = state != ERASED && state != HELD_ERASED;
            let page = (row.int(1)?, RowId(row.array(2)?), left);
            pages.entry(Lookup(row.array(0)?)).or_default().push(page);
        }
        Ok(pages
            .into_iter()
            .map(|(who, mut pages)| {
                pages.sort_unstable();
                (who, pages.into_iter().map(|(_, row, left)| (row, left)).collect())
            })
            .collect())
    }

    /// The rows of these numbers.
    pub(crate) async fn by_rows(&self, table: &Table, rows: &[RowId]) -> Result<Vec<Raw>, VaultError> {
        let params: Vec<Param> = rows.iter().map(|row| row.0.into()).collect();
        let sql = format!("{} WHERE row_id IN ({{among}})", Self::select(table));
        let rows = self.db.query_among(&sql, &[], &distinct(&params)).await?;
        self.raw(table, rows).await
    }

    /// The rows after this one, in an order that says nothing.
    pub(crate) async fn rows_after(
        &self,
        table: &Table,
        after: Option<RowId>,
        limit: u32,
    ) -> Result<Vec<Raw>, VaultError> {
        let after = after.map_or_else(Vec::new, |row| row.0.to_vec());
        let sql = format!("{} WHERE row_id > $1 ORDER BY row_id LIMIT $2", Self::select(table));
        let rows = self.db.query(&sql, &[after.into(), i64::from(limit).into()]).await?;
        self.raw(table, rows).await
    }

    /// How much there is about each of these people in an activity. Nothing is opened.
    pub(crate) async fn counts(
        &self,
        given: Option<&Table>,
        outcomes: Option<&Table>,
        people: &[Lookup],
    ) -> Result<HashMap<Lookup, Counts>, VaultError> {
        let mut counts: HashMap<Lookup, Counts> = HashMap::new();
        if let Some(table) = given {
            let params = distinct(&people.iter().map(|who| who.0.into()).collect::<Vec<Param>>());
            let sql = format!(
                "SELECT owner FROM {} WHERE state IN (0, 1) AND owner IN ({{among}})",
                table.quoted()
            );
            for row in self.db.query_among(&sql, &[], &params).await? {
                counts.entry(Lookup(row.array(0)?)).or_default().given = true;
            }
        }
        if let Some(table) = outcomes {
            for (who, pages) in self.pages(table, people).await? {
                let counts = counts.entry(who).or_default();
                counts.outcomes = pages.iter().filter(|(_, left)| *left).count();
                counts.erased = pages.len() - counts.outcomes;
            }
        }
        Ok(counts)
    }
}

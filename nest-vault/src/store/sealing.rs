//! How a record becomes the envelopes of a row: whom it is about, whom it names, and what is sealed under which key.

use std::collections::HashMap;

use nest_core::Domain;
use nest_core::value::{PlainRecord, Value};

use super::Store;
use super::layout::Slot;
use super::table::Table;
use super::write::{Item, Version};
use crate::envelope::{PersonKey, Place, seal};
use crate::error::VaultError;
use crate::id::{Lookup, RowId};
use crate::keys::Living;

/// A person that a record names.
pub(super) struct Party<'a> {
    pub(super) slot: &'a Slot,
    pub(super) lookup: Lookup,
}

/// What is known of an item before anything is written.
pub(super) struct Prepared<'a> {
    pub(super) owner: Lookup,
    pub(super) subject: Lookup,
    /// Every person in a slot, the subject included.
    pub(super) parties: Vec<Party<'a>>,
}

impl Store {
    pub(super) fn prepare<'t>(
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
    pub(super) fn seal_row(
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
}

pub(super) struct SealedRow {
    pub(super) together: Vec<u8>,
    pub(super) alone: Vec<Vec<u8>>,
    pub(super) parties: HashMap<String, Vec<u8>>,
}

pub(super) fn sealed(
    key: &PersonKey,
    place: &Place<'_>,
    text: &[u8],
    table: &Table,
) -> Result<Vec<u8>, VaultError> {
    seal(key, place, text).map_err(|error| VaultError::of_envelope(error, &table.name))
}

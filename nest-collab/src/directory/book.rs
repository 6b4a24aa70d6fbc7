//! What a node believes of the directory: the part of it that verified.

use std::collections::BTreeMap;

use super::{Entry, EntryHash, Head};
use crate::envelope::MAX_KEYS;
use crate::error::CollabError;
use crate::identity::{DeviceName, IdentityKey, KeyStatement, OrgId, OrgName, Pins};

/// The log as a node has seen and verified it.
#[derive(Debug, Clone, Default)]
pub struct Directory {
    entries: Vec<Entry>,
    newest: BTreeMap<(OrgName, DeviceName), KeyStatement>,
    identities: BTreeMap<OrgName, IdentityKey>,
}

impl Directory {
    /// The newest entry that verified.
    pub fn head(&self) -> Head {
        self.entries.last().map_or(Head::EMPTY, Entry::head)
    }

    /// All entries, for the node to keep: what it saw once, the relay cannot change.
    pub fn entries(&self) -> &[Entry] {
        &self.entries
    }

    /// The hash of the entry of a number, where it was seen.
    pub fn hash_of(&self, number: u64) -> Option<EntryHash> {
        if number == 0 {
            return Some(Head::EMPTY.hash);
        }
        let place = usize::try_from(number.checked_sub(1)?).ok()?;
        self.entries.get(place).map(|entry| entry.head().hash)
    }

    /// Adds entries that the relay gave. With [`Pins::trust_on_first_use`], unknown organisations are pinned.
    ///
    /// # Errors
    ///
    /// [`CollabError::Damaged`] where the chain is broken, a statement is not signed, an organisation appears with
    /// another identity than the pinned one, or an old key is put in the place of a newer one. Nothing of the entries is
    /// used then.
    pub fn extend(&mut self, entries: &[Entry], pins: &mut Pins) -> Result<(), CollabError> {
        let (mut next, mut next_pins) = (self.clone(), pins.clone());
        entries.iter().try_for_each(|entry| next.add(entry, &mut next_pins))?;
        (*self, *pins) = (next, next_pins);
        Ok(())
    }

    fn add(&mut self, entry: &Entry, pins: &mut Pins) -> Result<(), CollabError> {
        let statement = &entry.statement;
        let (org, device) = (&statement.org, &statement.device);
        if !entry.follows(self.head()) {
            return Err(CollabError::Damaged(
                "the relay rewrote its directory of keys: entries do not follow what was seen before"
                    .to_owned(),
            ));
        }
        if !statement.is_signed() {
            return Err(CollabError::Damaged(format!(
                "unsigned key: the relay serves a key for `{org}` that `{org}` did not sign; nothing was sent"
            )));
        }
        if pins.get(org).is_none() && pins.trusts_on_first_use() && !pins.add(org.clone(), statement.org_id())
        {
            return Err(wrong_identity(org));
        }
        match pins.get(org) {
            Some(pinned) if pinned != statement.org_id() => return Err(wrong_identity(org)),
            Some(_) => {
                self.identities.insert(org.clone(), statement.identity);
                let place = (org.clone(), device.clone());
                if self.newest.get(&place).is_some_and(|known| known.epoch >= statement.epoch) {
                    return Err(CollabError::Damaged(format!(
                        "the relay puts an old key of `{org}` in the place of a newer one; nothing was sent"
                    )));
                }
                self.newest.insert(place, statement.clone());
            }
            // This node has no dealings with that organisation: the line is part of the chain only.
            None => {}
        }
        self.entries.push(entry.clone());
        Ok(())
    }

    /// The identity of an organisation: that of its pin.
    ///
    /// # Errors
    ///
    /// [`CollabError::Refused`] where it has no pin, and [`CollabError::Unavailable`] where it never published a key.
    pub fn identity(&self, org: &OrgName, pins: &Pins) -> Result<(OrgId, IdentityKey), CollabError> {
        let Some(id) = pins.get(org) else {
            return Err(CollabError::Refused(format!(
                "`{org}` has no pin: ask them for their fingerprint by telephone, then `nest-collab pin {org} FINGERPRINT`"
            )));
        };
        let key = self.identities.get(org).copied().ok_or_else(|| no_key(org))?;
        Ok((id, key))
    }

    /// The keys of all nodes and users of an organisation.
    ///
    /// # Errors
    ///
    /// As [`Directory::identity`]; and [`CollabError::Refused`] where there are more keys than one envelope is sealed to.
    pub fn keys(&self, org: &OrgName, pins: &Pins) -> Result<Vec<[u8; 32]>, CollabError> {
        self.identity(org, pins)?;
        let of_org = self.newest.iter().filter(|((name, _), _)| name == org);
        let keys: Vec<[u8; 32]> = of_org.filter_map(|(_, statement)| Some(statement.key?.0)).collect();
        match keys.len() {
            0 => Err(no_key(org)),
            many if many > MAX_KEYS => Err(CollabError::Refused(format!(
                "`{org}` has {many} nodes and users with keys, and a message is sealed to at most {MAX_KEYS}"
            ))),
            _ => Ok(keys),
        }
    }

    /// The newest statement about each node and user whose organisation is pinned.
    pub fn statements(&self) -> impl Iterator<Item = &KeyStatement> {
        self.newest.values()
    }
}

fn wrong_identity(org: &OrgName) -> CollabError {
    CollabError::Damaged(format!(
        "the relay names another identity for `{org}` than the pinned one; nothing was sent"
    ))
}

fn no_key(org: &OrgName) -> CollabError {
    CollabError::Unavailable(format!("`{org}` has not published a key yet: its node has to start once"))
}

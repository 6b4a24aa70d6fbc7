//! A wrapped key as it stands in a row, and how it is wrapped and unwrapped.

use std::sync::PoisonError;

use zeroize::Zeroizing;

use super::sql::Inner;
use super::{KeyError, Living};
use crate::database::{DatabaseError, Row};
use crate::envelope::place::of_wrapped_key;
use crate::envelope::{PersonKey, Suite};
use crate::id::{Deployment, KeyId, Lookup, MasterId};
use crate::master::MasterKey;

/// A master key with what it wraps by.
#[derive(Clone)]
pub(super) struct Wrapping {
    pub(super) master: MasterKey,
    key: PersonKey,
}

impl Wrapping {
    pub(super) fn new(master: MasterKey, deployment: Deployment) -> Option<Self> {
        let key = master.wrapping_key(deployment)?;
        Some(Self { master, key })
    }

    /// `0x01`, the id of the master, a nonce of 12 bytes, the wrapped key, its tag.
    fn wrap(&self, deployment: Deployment, person: Lookup, living: &Living) -> Option<Vec<u8>> {
        let data = wrapped_data(deployment, person, &living.key, living.life);
        let nonce: [u8; 12] = rand::random();
        let mut text = Zeroizing::new(living.key.bytes().to_vec());
        let tag = self.key.encrypt(&nonce, &data, &mut text).ok()?;
        Some([&[1], self.master.id().0.as_slice(), &nonce, &text, &tag].concat())
    }
}

fn wrapped_data(deployment: Deployment, person: Lookup, key: &PersonKey, life: u64) -> Vec<u8> {
    of_wrapped_key(deployment, key.id(), person, key.suite().code(), life)
}

/// A row of `person_key`.
pub(super) struct Stored {
    pub(super) id: KeyId,
    pub(super) person: Lookup,
    suite: i64,
    pub(super) life: u64,
    master: MasterId,
    wrapped: Vec<u8>,
}

pub(super) const STORED: &str = "SELECT id, lookup, suite, life, master, wrapped FROM person_key";

impl Stored {
    pub(super) fn read(row: &Row) -> Result<Self, DatabaseError> {
        Ok(Self {
            id: KeyId(row.array(0)?),
            person: Lookup(row.array(1)?),
            suite: row.int(2)?,
            life: row.count(3)?,
            master: MasterId(row.array(4)?),
            wrapped: row.bytes(5)?,
        })
    }
}

impl Inner {
    pub(super) fn wrappings(&self) -> Vec<Wrapping> {
        self.masters.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Unwraps a stored key.
    pub(super) fn unwrap(&self, stored: &Stored, masters: &[Wrapping]) -> Result<Living, KeyError> {
        let wrapping = masters
            .iter()
            .find(|wrapping| wrapping.master.id() == stored.master)
            .ok_or(KeyError::WrongMaster { needed: stored.master })?;
        let suite = u8::try_from(stored.suite).ok().and_then(Suite::from_code).ok_or(KeyError::Damaged)?;
        let parts = (|| {
            let rest = stored.wrapped.strip_prefix(&[1])?.strip_prefix(&stored.master.0)?;
            let (nonce, rest) = rest.split_at_checked(12)?;
            let (text, tag) = rest.split_at_checked(suite.key_len())?;
            Some((nonce, text, tag))
        })();
        let (nonce, text, tag) = parts.ok_or(KeyError::Damaged)?;
        let data = of_wrapped_key(self.deployment, stored.id, stored.person, suite.code(), stored.life);
        let mut text = Zeroizing::new(text.to_vec());
        wrapping.key.decrypt(nonce, &data, &mut text, tag).map_err(|_| KeyError::Damaged)?;
        let key = PersonKey::from_parts(stored.id, suite, &text).ok_or(KeyError::Damaged)?;
        Ok(Living { key, life: stored.life })
    }

    pub(super) fn wrap(
        &self,
        person: Lookup,
        living: &Living,
        wrapping: &Wrapping,
    ) -> Result<Vec<u8>, KeyError> {
        wrapping.wrap(self.deployment, person, living).ok_or(KeyError::Damaged)
    }
}

//! A session: the keys under which one party seals and opens for a while.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

use libpep::client::{decrypt, encrypt};
use libpep::data::json::PEPJSONValue;
use libpep::factors::{EncryptionContext, PseudonymizationDomain};
use libpep::keys::SessionKeys;
use nest_schema::contradiction::check_sent;
use serde::de::{MapAccess, Visitor};
use serde::{Deserialize, Deserializer, Serialize};

use crate::declare::record;
use crate::declare::schema::Schema;
use crate::encode::layout;
use crate::encode::plaintext::{Opened, Plain};
use crate::encode::value_table::Domain as Numbers;
use crate::error::{DecodeError, EncodeError, EncodeFault};
use crate::seal::cipher::{Cipher, Sealed64};
use crate::{PepRecord, Sealed, SealedJson};

/// The name of a pseudonymisation domain: within it, a person has one pseudonym.
///
/// 1 to 100 visible ASCII characters. Domains are named in clear in every message.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
pub struct Domain(String);

/// Why a text is no name of a domain or session.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct NameError;

impl fmt::Display for NameError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a name has 1 to 100 visible ASCII characters")
    }
}

/// The same sentence as `Display`: a `main` that returns the error prints `Debug`.
impl fmt::Debug for NameError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl std::error::Error for NameError {}

impl Domain {
    /// The domain of that name.
    ///
    /// # Errors
    ///
    /// [`NameError`] where it is no name.
    pub fn new(name: impl Into<String>) -> Result<Self, NameError> {
        checked(name.into()).map(Self)
    }

    /// The name.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The domain in libpep's form. For transcryption services.
    pub fn to_libpep(&self) -> PseudonymizationDomain {
        PseudonymizationDomain::from(&self.0)
    }
}

impl fmt::Display for Domain {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl<'de> Deserialize<'de> for Domain {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        // The format's own message may quote what was sent.
        let name = String::deserialize(deserializer).map_err(|_| serde::de::Error::custom(NameError))?;
        Domain::new(name).map_err(serde::de::Error::custom)
    }
}

fn checked(name: String) -> Result<String, NameError> {
    let visible = name.bytes().all(|byte| byte.is_ascii_graphic());
    (visible && (1..=100).contains(&name.len())).then_some(name).ok_or(NameError)
}

/// One party's session at each transcryptor, by the transcryptor's name.
///
/// Session ids are no secrets: they say which keys a message was sealed under, and open nothing.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct SessionIds(BTreeMap<String, String>);

impl SessionIds {
    /// The most transcryptors that a message may name.
    pub(crate) const MAX: usize = 16;

    /// For names that were made here.
    pub(crate) fn from_checked(ids: BTreeMap<String, String>) -> Self {
        Self(ids)
    }

    /// The sessions by the names of their transcryptors.
    ///
    /// # Errors
    ///
    /// [`NameError`] where a transcryptor or session is no name, a transcryptor is named twice, or there are none
    /// or more than 16.
    pub fn new(ids: impl IntoIterator<Item = (String, String)>) -> Result<Self, NameError> {
        let mut named = BTreeMap::new();
        for (system, id) in ids {
            let twice = named.insert(checked(system)?, checked(id)?).is_some();
            if twice || named.len() > Self::MAX {
                return Err(NameError);
            }
        }
        (!named.is_empty()).then_some(Self(named)).ok_or(NameError)
    }

    /// The session at the transcryptor of that name.
    pub fn get(&self, system: &str) -> Option<&str> {
        self.0.get(system).map(String::as_str)
    }

    /// Each transcryptor with the session at it, by name.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0.iter().map(|(system, id)| (system.as_str(), id.as_str()))
    }

    /// The session at that transcryptor in libpep's form. For transcryption services.
    pub fn to_libpep(&self, system: &str) -> Option<EncryptionContext> {
        self.get(system).map(EncryptionContext::from)
    }
}

impl<'de> Deserialize<'de> for SessionIds {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        /// Reads no further than what is wrong: a sender could name millions.
        struct Ids;

        impl<'de> Visitor<'de> for Ids {
            type Value = Vec<(String, String)>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("sessions by transcryptor")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
                let mut ids = Vec::new();
                while let Some(id) = map.next_entry()? {
                    if ids.len() == SessionIds::MAX {
                        return Err(serde::de::Error::custom(NameError));
                    }
                    ids.push(id);
                }
                Ok(ids)
            }
        }

        // The format's own message may quote what was sent.
        let ids = deserializer.deserialize_map(Ids).map_err(|_| serde::de::Error::custom(NameError))?;
        SessionIds::new(ids).map_err(serde::de::Error::custom)
    }
}

/// The keys of one party for a while: what it seals with, and what opens what was transcrypted to it.
///
/// # Privacy
///
/// The secret keys never show in `Debug`. They are libpep's, which does not wipe them from memory; what is made of
/// them ahead, and our own copies, are wiped.
///
/// # Time
///
/// Multiplication with secret scalars is constant-time. Finding a value's encoding, or the value of one, is not: it
/// may tell a program that shares the processor, or times many answers, how much of a record is text and where its small
/// values lie in memory. libpep's own encoding and decoding tell no less.
#[derive(Clone)]
pub struct Session {
    ids: SessionIds,
    cipher: Arc<Cipher>,
    /// For values that no record declares.
    keys: Arc<SessionKeys>,
}

impl Session {
    /// A session that a transcryption service has started. For such services.
    pub fn from_libpep(ids: SessionIds, keys: SessionKeys) -> Self {
        Self { ids, cipher: Arc::new(Cipher::new(&keys)), keys: Arc::new(keys) }
    }

    /// The session's id at each transcryptor.
    pub fn ids(&self) -> &SessionIds {
        &self.ids
    }

    /// Encrypts a record for the party that the transcryptors will turn it to.
    ///
    /// # Errors
    ///
    /// As [`PepRecord::to_pep`]; and [`Mismatch`](EncodeFault::Mismatch) where a codec that the derive did not write
    /// gives another shape than the schema's.
    pub fn seal<R: PepRecord>(&self, record: &R) -> Result<Sealed<R>, EncodeError> {
        let mut sealed = self.seal_blocks::<R>(&record::plaintext(record)?)?;
        sealed.pop().ok_or_else(mismatch::<R>)
    }

    /// Encrypts the blocks of whole records.
    pub(crate) fn seal_blocks<R: PepRecord>(&self, plain: &[Plain]) -> Result<Vec<Sealed<R>>, EncodeError> {
        const { check_sent(R::SCHEMA) };
        let layout = layout::of(R::SCHEMA);
        let sealed = self.seal_layout(&layout, plain).ok_or_else(mismatch::<R>)?;
        Ok(sealed.chunks(layout.len().max(1)).map(Sealed::from_blocks).collect())
    }

    /// Encrypts the blocks of whole records of one layout.
    pub(crate) fn seal_layout(&self, layout: &[layout::Leaf], plain: &[Plain]) -> Option<Vec<Sealed64>> {
        self.cipher.seal(layout, plain)
    }

    /// Decrypts a record that was sealed in this session, or transcrypted to it.
    ///
    /// # Errors
    ///
    /// As [`PepRecord::from_pep`]. A record of another session fails at its first attribute, with
    /// [`NotData`](crate::DecodeFault::NotData); one that holds pseudonyms only cannot be told from a valid
    /// one, so put an attribute into every record.
    pub fn open<R: PepRecord>(&self, sealed: &Sealed<R>) -> Result<R, DecodeError> {
        const { check_sent(R::SCHEMA) };
        record::decode(&self.open_blocks(sealed.blocks(), R::SCHEMA, None))
    }

    /// Decrypts the blocks of whole records.
    pub(crate) fn open_blocks(
        &self,
        sealed: &[Sealed64],
        schema: &'static Schema,
        expected: Option<&Numbers>,
    ) -> Vec<Opened> {
        self.cipher.open(&layout::of(schema), sealed, expected)
    }

    /// Makes ahead what the first records of a type would wait for: tables of the keys, once for a session, and of
    /// the values of the type's fields, once for a process. Some milliseconds for the keys, up to some 30 for a field
    /// of 1,024 values, which are looked up to seal and to open, and up to some 80 for one of 16,384, which are to open
    /// only. Without this, a table of more than 1,024 values is made after as much time was spent on doing without it.
    pub fn prepare<R: PepRecord>(&self) {
        self.cipher.prepare(&layout::of(R::SCHEMA));
    }

    /// Makes ahead the part of sealing that does not depend on the record, for at most so many blocks, and says for how
    /// many it did: 0 when there is no more room. Sealing then takes from what there is, and does without where there
    /// is nothing left.
    ///
    /// Where cores are idle: `while session.fill_pool(64) > 0 {}`. It keeps less than 1 MB in memory.
    ///
    /// # Privacy
    ///
    /// What is made ahead is as secret as a key: it reads the block that it will seal. It is used once, and wiped.
    /// Do not copy a process that holds some, as by `fork`: both would seal with the same.
    pub fn fill_pool(&self, most: usize) -> usize {
        self.cipher.fill_pool(most)
    }

    /// For how many blocks more [`fill_pool`](Self::fill_pool) would make something ahead.
    pub fn pool_room(&self) -> usize {
        self.cipher.pool_room()
    }

    /// Encrypts a value in libpep's own JSON. For interoperation: see [`SealedJson`].
    ///
    /// # Privacy
    ///
    /// The shape follows the value. Where it must not, encrypt what `LibpepJson::to_libpep_json` of nest-upstream gives.
    pub fn seal_json(&self, value: &PEPJSONValue) -> SealedJson {
        SealedJson::new(encrypt(value, &self.keys, &mut rand::rng()))
    }

    /// Decrypts a value in libpep's own JSON. It always succeeds: of another session it gives attributes that
    /// hold no data and pseudonyms of no person. Read it by `LibpepJson::from_libpep_json`: libpep's own `to_value`
    /// panics on some of what a sender can seal.
    pub fn open_json(&self, sealed: &SealedJson) -> PEPJSONValue {
        decrypt(sealed.as_libpep(), &self.keys)
    }
}

/// What seals to no whole record.
pub(crate) fn mismatch<R: PepRecord>() -> EncodeError {
    EncodeError::from(EncodeFault::Mismatch).in_record(R::SCHEMA.name)
}

impl fmt::Debug for Session {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Session").field("ids", &self.ids).finish_non_exhaustive()
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    fn read(json: &str) -> Option<SessionIds> {
        serde_json::from_str(json).ok()
    }

    #[test]
    fn sessions_are_named_once_and_are_few() {
        assert_eq!(read(r#"{"one":"1","two":"2"}"#).unwrap().get("two"), Some("2"));
        let many = |count| {
            let ids: Vec<_> = (0..count).map(|id| format!(r#""t{id}":"s""#)).collect();
            format!("{{{}}}", ids.join(","))
        };
        assert!(read(&many(16)).is_some());
        for wrong in
            ["{}", "[]", "null", r#"{"one":1}"#, r#"{"one":"1","one":"2"}"#, r#"{"":"1"}"#, &many(17)]
        {
            assert!(read(wrong).is_none(), "{wrong}");
        }
        // What comes behind the first too many is not read.
        assert!(read(&format!("{}, no JSON", many(17).trim_end_matches('}'))).is_none());
    }
}

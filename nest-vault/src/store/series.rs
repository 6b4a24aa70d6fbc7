//! Bytes about people that are no records: series, such as the readings of a sensor. Each part of a series, such as a
//! day, is one envelope under the person's key.

use std::collections::HashMap;
use std::fmt;
use std::ops::RangeInclusive;

use nest_core::{Domain, Pseudonym};
use nest_source::Purpose;
use zeroize::Zeroizing;

use super::table::lock;
use super::{Store, Version};
use crate::access::Opening;
use crate::database::{Param, Row, signed};
use crate::envelope::{Envelope, Place, Suite, seal};
use crate::error::VaultError;
use crate::id::{KeyId, Lookup, RowId};
use crate::keys::{Erased, Unwrapped};

const TABLE: &str = "series";

/// A part may be longer than CCM can seal.
const SUITE: Suite = Suite::Aes256GcmSiv;

/// Series of people in one domain.
///
/// The tables tell how many parts somebody has, of how many series and for which numbers, and how long each is. The
/// names of series are hashed with the vault's secret.
pub struct SeriesStore<'a> {
    store: &'a Store,
    domain: Domain,
}

/// One part of a series that was read. `Debug` shows nothing of its content.
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct SeriesPart {
    /// The place of its person among those who were asked for.
    pub person: usize,
    /// The place of its name among those that were asked for.
    pub name: usize,
    /// Which part of the series it is, such as a day.
    pub part: i64,
    /// Its version, to write it anew by.
    pub version: Version,
    /// What is in it.
    pub bytes: Zeroizing<Vec<u8>>,
}

impl fmt::Debug for SeriesPart {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SeriesPart").field("version", &self.version).finish_non_exhaustive()
    }
}

/// One part of a series that is to be written.
pub struct SeriesWrite<'a> {
    /// The name of the series.
    pub name: &'a str,
    /// Which part of it.
    pub part: i64,
    /// The version that was read; 0 where there was none.
    pub expected: Version,
    /// What is in it from now on.
    pub bytes: &'a [u8],
}

impl fmt::Debug for SeriesStore<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SeriesStore(…)")
    }
}

impl Store {
    pub(crate) fn series(&self, domain: &Domain) -> SeriesStore<'_> {
        SeriesStore { store: self, domain: domain.clone() }
    }

    /// Removes the series of somebody who is erased: the parts that are sealed with a key that is gone.
    pub(super) async fn clear_series(&self, person: Lookup, keys: &[KeyId]) -> Result<(), VaultError> {
        let dead: Vec<Param> = keys.iter().map(|key| key.0.into()).collect();
        let mut tx = self.db.begin().await?;
        let sql = "DELETE FROM series WHERE owner = $1 AND key_id IN ({among})";
        tx.execute_among(sql, &[person.0.into()], &dead).await?;
        Ok(tx.commit().await?)
    }
}

impl SeriesStore<'_> {
    /// The parts that these people have of these series, in a range of numbers. What belongs to somebody who is erased
    /// is left out.
    ///
    /// # Errors
    ///
    /// [`VaultError::Tampered`] and the other reasons why an envelope does not open, and what the databases refuse.
    pub async fn read(
        &self,
        people: &[Pseudonym],
        names: &[&str],
        parts: RangeInclusive<i64>,
        purpose: &Purpose,
    ) -> Result<Vec<SeriesPart>, VaultError> {
        let store = self.store;
        let owners = store.lookups(&self.domain, people);
        let person_of: HashMap<Lookup, usize> = owners.iter().enumerate().map(|(n, who)| (*who, n)).collect();
        let among: Vec<Param> = owners.iter().map(|owner| owner.0.into()).collect();
        let mut rows: Vec<(usize, Row)> = Vec::new();
        for (number, name) in names.iter().enumerate() {
            let sql = "SELECT owner, part, version, row_id, sealed FROM series WHERE name = $1 \
                       AND part BETWEEN $2 AND $3 AND owner IN ({among})";
            let first = [self.hashed(name).into(), (*parts.start()).into(), (*parts.end()).into()];
            let found = store.db.query_among(sql, &first, &among).await?;
            rows.extend(found.into_iter().map(|row| (number, row)));
        }
        self.open(rows, names, &person_of, purpose).await
    }

    async fn open(
        &self,
        rows: Vec<(usize, Row)>,
        names: &[&str],
        person_of: &HashMap<Lookup, usize>,
        purpose: &Purpose,
    ) -> Result<Vec<SeriesPart>, VaultError> {
        let store = self.store;
        let mut found = Vec::with_capacity(rows.len());
        for (name, row) in &rows {
            found.push((
                *name,
                Lookup(row.array(0)?),
                row.int(1)?,
                row.count(2)?,
                row.array(3)?,
                row.bytes(4)?,
            ));
        }
        let mut keys: Vec<KeyId> = Vec::with_capacity(found.len());
        for (.., sealed) in &found {
            let envelope = Envelope::read(sealed).map_err(|error| VaultError::of_envelope(error, TABLE))?;
            keys.push(envelope.key);
        }
        let mut wanted = keys.clone();
        wanted.sort_unstable();
        wanted.dedup();
        let unwrapped = store.keys.unwrap_many(&wanted).await?;
        let mut parts = Vec::with_capacity(found.len());
        let mut opening = Opening::default();
        for ((name, owner, part, version, row, sealed), key) in found.iter().zip(&keys) {
            match unwrapped.get(key) {
                Some(Unwrapped::Key(key)) => {
                    let slot = self.slot(*owner, names.get(*name).copied().unwrap_or_default(), *part);
                    let place = self.place(RowId(*row), &slot, *version);
                    let opened = Envelope::read(sealed).and_then(|envelope| envelope.open(key, &place));
                    let bytes = opened.map_err(|error| VaultError::of_envelope(error, TABLE))?;
                    opening.opened += 1;
                    let person = person_of.get(owner).copied().ok_or(VaultError::NotFound)?;
                    parts.push(SeriesPart { person, name: *name, part: *part, version: *version, bytes });
                }
                Some(Unwrapped::Destroyed) => opening.erased += 1,
                None => return Err(VaultError::Tampered { table: TABLE.to_owned() }),
            }
        }
        if !rows.is_empty() {
            store.access.note(purpose, TABLE, opening).await.map_err(VaultError::AccessLog)?;
        }
        Ok(parts)
    }

    /// Writes parts of one person's series in one transaction: all of them, or none.
    ///
    /// # Errors
    ///
    /// [`VaultError::Conflict`] where a part has another version than the one that was read, [`VaultError::Erased`],
    /// and what the databases refuse.
    pub async fn write(&self, who: Pseudonym, writes: &[SeriesWrite<'_>]) -> Result<(), VaultError> {
        let store = self.store;
        let owner = store.keys.index().person(&self.domain, &who);
        let living = store.keys.ensure(&[owner], SUITE, Erased::Refuse).await?;
        let living = living.into_iter().flatten().next().ok_or(VaultError::Erased)?;
        let mut tx = store.db.begin().await?;
        lock(&mut tx, store.deployment(), false).await?;
        let erased = super::rows::people(&mut tx, &[owner], false).await?;
        if erased.get(&owner).copied().unwrap_or(0) >= living.life {
            return Err(VaultError::Erased);
        }
        for write in writes {
            let (row, version) = (RowId::random(), write.expected + 1);
            let slot = self.slot(owner, write.name, write.part);
            let sealed = seal(&living.key, &self.place(row, &slot, version), write.bytes);
            let sealed = sealed.map_err(|error| VaultError::of_envelope(error, TABLE))?;
            let mut params: Vec<Param> = vec![
                owner.0.into(),
                self.hashed(write.name).into(),
                write.part.into(),
                signed(version).into(),
                row.0.into(),
                living.key.id().0.into(),
                sealed.into(),
            ];
            let sql = if write.expected == 0 {
                "INSERT INTO series (owner, name, part, version, row_id, key_id, sealed) \
                 VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT (owner, name, part) DO NOTHING"
            } else {
                params.push(signed(write.expected).into());
                "UPDATE series SET version = $4, row_id = $5, key_id = $6, sealed = $7 \
                 WHERE owner = $1 AND name = $2 AND part = $3 AND version = $8"
            };
            if tx.execute(sql, &params).await? != 1 {
                return Err(VaultError::Conflict { found: write.expected });
            }
        }
        Ok(tx.commit().await?)
    }

    /// Removes series of somebody, in a range of numbers. Returns how many parts there were.
    ///
    /// Backups of the records still hold them, sealed under the person's key: only an erasure reaches those.
    ///
    /// # Errors
    ///
    /// What the databases refuse.
    pub async fn remove(
        &self,
        who: Pseudonym,
        names: &[&str],
        parts: RangeInclusive<i64>,
    ) -> Result<u64, VaultError> {
        let store = self.store;
        let owner = store.keys.index().person(&self.domain, &who);
        let among: Vec<Param> = names.iter().map(|name| self.hashed(name).into()).collect();
        let mut tx = store.db.begin().await?;
        let first = [owner.0.into(), (*parts.start()).into(), (*parts.end()).into()];
        let sql = "DELETE FROM series WHERE owner = $1 AND part BETWEEN $2 AND $3 AND name IN ({among})";
        let removed = tx.execute_among(sql, &first, &among).await?;
        tx.commit().await?;
        store.db.scrub(&[TABLE]).await?;
        Ok(removed)
    }

    fn hashed(&self, name: &str) -> [u8; 16] {
        self.store.keys.index().series(&self.domain, name).0
    }

    /// What an envelope is bound to beside its row: nobody can move it to another person, series or part.
    fn slot(&self, owner: Lookup, name: &str, part: i64) -> String {
        format!("{owner}/{part}/{name}")
    }

    fn place<'b>(&self, row: RowId, slot: &'b str, version: Version) -> Place<'b> {
        Place { deployment: self.store.deployment(), table: TABLE, row, slot, version, declared: [0; 16] }
    }
}

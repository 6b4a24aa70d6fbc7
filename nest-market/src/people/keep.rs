//! Readings in the vault: each day of an attribute is one envelope under the person's key.

use std::collections::BTreeMap;
use std::fmt;
use std::ops::RangeInclusive;
use std::sync::Arc;

use nest_core::{Domain, Pseudonym};
use nest_source::Purpose;
use nest_vault::{Reason, SeriesWrite, UntypedVault, VaultError};

use super::codec::{decode, encode};
use super::{PeopleError, shown};
use crate::catalogue::{Attribute, Cadence, Mapping, Source};
use crate::query::Window;
use crate::series::{Series, Value};

const DAY: i64 = 86_400_000;

/// The most readings of one attribute on one day.
const MOST_READINGS: usize = 100_000;

/// How often a write is tried again when others write the same day.
const ROUNDS: u32 = 20;

/// What a person has of one attribute, for themselves.
#[derive(Debug, Clone, PartialEq, serde::Serialize)]
#[non_exhaustive]
pub struct Kept {
    /// The attribute.
    pub attribute: String,
    /// Times in milliseconds since 1970, and values as they were declared.
    pub readings: Vec<(i64, serde_json::Value)>,
}

/// Keeps the readings of people in a vault.
#[derive(Clone)]
pub struct Keeper {
    vault: Arc<UntypedVault>,
    domain: Domain,
}

impl fmt::Debug for Keeper {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Keeper(..)")
    }
}

/// New readings of one attribute.
pub(super) type New<'c> = BTreeMap<String, (&'c Attribute, Vec<(i64, Value)>)>;

impl Keeper {
    /// Keeps what people have in this vault, under their pseudonyms in this domain.
    pub fn new(vault: UntypedVault, domain: Domain) -> Self {
        Self { vault: Arc::new(vault), domain }
    }

    /// Adds readings: all of them, or none. A reading of a time that is there takes its place.
    pub(super) async fn add(&self, who: Pseudonym, new: &New<'_>) -> Result<(), PeopleError> {
        let purpose = purpose("push")?;
        let series = self.vault.series(&self.domain);
        for _ in 0..ROUNDS {
            let mut writes: Vec<(String, i64, u64, Vec<u8>)> = Vec::new();
            for (name, (attribute, readings)) in new {
                let mut by_part: BTreeMap<i64, Series> = BTreeMap::new();
                for (time, value) in readings {
                    by_part.entry(part_of(attribute, *time)).or_default().insert(*time, value.clone());
                }
                let (Some(first), Some(last)) = (by_part.keys().next(), by_part.keys().next_back()) else {
                    continue;
                };
                let known = series.read(&[who], &[name], *first..=*last, &purpose).await?;
                for (part, new) in by_part {
                    let start = start_of(attribute, part);
                    let (mut all, version) = match known.iter().find(|known| known.part == part) {
                        Some(known) => (read(&known.bytes, start)?, known.version),
                        None => (Series::new(), 0),
                    };
                    all.extend(new.readings().map(|(time, value)| (time, value.clone())));
                    if all.len() > MOST_READINGS {
                        return Err(PeopleError::TooMany);
                    }
                    writes.push((name.clone(), part, version, encode(&all, start)));
                }
            }
            let writes: Vec<_> = writes
                .iter()
                .map(|(name, part, expected, bytes)| SeriesWrite {
                    name,
                    part: *part,
                    expected: *expected,
                    bytes,
                })
                .collect();
            match series.write(who, &writes).await {
                Err(VaultError::Conflict { .. }) => tokio::task::yield_now().await,
                other => return Ok(other?),
            }
        }
        Err(PeopleError::Busy)
    }

    /// The readings of people that a query looks at: for each person, in the order of the attributes.
    pub(crate) async fn series(
        &self,
        people: &[Pseudonym],
        attributes: &[Attribute],
        window: Window,
        purpose: &Purpose,
    ) -> Result<Vec<Vec<Series>>, PeopleError> {
        let mut all: Vec<Vec<Series>> =
            people.iter().map(|_| vec![Series::new(); attributes.len()]).collect();
        for (place, attribute) in attributes.iter().enumerate() {
            let parts = part_of(attribute, window.from())..=part_of(attribute, window.to() - 1);
            let name = name_of(attribute);
            for part in self.vault.series(&self.domain).read(people, &[&name], parts, purpose).await? {
                let readings = read(&part.bytes, start_of(attribute, part.part))?;
                if let Some(series) = all.get_mut(part.person).and_then(|person| person.get_mut(place)) {
                    series.extend(readings.readings().map(|(time, value)| (time, value.clone())));
                }
            }
        }
        Ok(all)
    }

    /// What a person has in a source, for themselves.
    ///
    /// # Errors
    ///
    /// The vault fails.
    pub async fn read(
        &self,
        who: Pseudonym,
        source: &Source,
        times: RangeInclusive<i64>,
    ) -> Result<Vec<Kept>, PeopleError> {
        let purpose = purpose("own-data")?;
        let mut kept = Vec::new();
        for attribute in source.attributes() {
            let parts = part_of(attribute, *times.start())..=part_of(attribute, *times.end());
            let name = name_of(attribute);
            let mut readings = Vec::new();
            for part in self.vault.series(&self.domain).read(&[who], &[&name], parts, &purpose).await? {
                let series = read(&part.bytes, start_of(attribute, part.part))?;
                let within = series.readings().filter(|(time, _)| times.contains(time));
                readings.extend(within.map(|(time, value)| (time, shown::value(attribute, value))));
            }
            readings.sort_by_key(|(time, _)| *time);
            kept.push(Kept { attribute: attribute.name().to_owned(), readings });
        }
        Ok(kept)
    }

    /// Removes what a person has in a source, with the names of its sensors. Returns how many days there were.
    ///
    /// # Errors
    ///
    /// The vault fails.
    pub async fn remove(&self, who: Pseudonym, source: &Source) -> Result<u64, PeopleError> {
        let names: Vec<String> =
            source.attributes().iter().map(name_of).chain([mapping_name(source)]).collect();
        let names: Vec<&str> = names.iter().map(String::as_str).collect();
        Ok(self.vault.series(&self.domain).remove(who, &names, i64::MIN..=i64::MAX).await?)
    }

    /// Removes what a person has in a source, and keeps the names of its sensors. Returns how many days there were.
    ///
    /// # Errors
    ///
    /// The vault fails.
    pub async fn remove_readings(&self, who: Pseudonym, source: &Source) -> Result<u64, PeopleError> {
        let names: Vec<String> = source.attributes().iter().map(name_of).collect();
        let names: Vec<&str> = names.iter().map(String::as_str).collect();
        Ok(self.vault.series(&self.domain).remove(who, &names, i64::MIN..=i64::MAX).await?)
    }

    /// Erases a person: their key is destroyed, and with it everything that is sealed under it, also in backups.
    ///
    /// # Errors
    ///
    /// The vault fails. It may be repeated.
    pub async fn erase(&self, who: Pseudonym) -> Result<(), PeopleError> {
        let reason = Reason::new("unregistered").map_err(|_| PeopleError::Invalid("no reason"))?;
        match self.vault.erase(&self.domain, &who, &reason, false).await {
            // They never had anything.
            Ok(_) | Err(VaultError::NotFound) => Ok(()),
            Err(error) => Err(error.into()),
        }
    }

    /// The names of a person's sensors in a source.
    ///
    /// # Errors
    ///
    /// The vault fails.
    pub async fn mapping(&self, who: Pseudonym, source: &Source) -> Result<Mapping, PeopleError> {
        Ok(self.mapping_with_version(who, source).await?.0)
    }

    async fn mapping_with_version(
        &self,
        who: Pseudonym,
        source: &Source,
    ) -> Result<(Mapping, u64), PeopleError> {
        let name = mapping_name(source);
        let found =
            self.vault.series(&self.domain).read(&[who], &[&name], 0..=0, &purpose("mapping")?).await?;
        match found.first() {
            None => Ok((Mapping::default(), 0)),
            Some(part) => {
                let mapping = serde_json::from_slice(&part.bytes);
                Ok((mapping.map_err(|_| PeopleError::Invalid("the mapping cannot be read"))?, part.version))
            }
        }
    }

    /// Changes the names of a person's sensors in a source.
    ///
    /// # Errors
    ///
    /// What the change refuses.
    pub async fn change_mapping(
        &self,
        who: Pseudonym,
        source: &Source,
        change: impl Fn(&mut Mapping) -> Result<(), PeopleError>,
    ) -> Result<Mapping, PeopleError> {
        for _ in 0..ROUNDS {
            let (before, version) = self.mapping_with_version(who, source).await?;
            let mut mapping = before.clone();
            change(&mut mapping)?;
            if mapping == before {
                return Ok(mapping);
            }
            let bytes = serde_json::to_vec(&mapping).map_err(|_| PeopleError::Invalid("no mapping"))?;
            let name = mapping_name(source);
            let write = SeriesWrite { name: &name, part: 0, expected: version, bytes: &bytes };
            match self.vault.series(&self.domain).write(who, &[write]).await {
                Err(VaultError::Conflict { .. }) => tokio::task::yield_now().await,
                other => {
                    other?;
                    return Ok(mapping);
                }
            }
        }
        Err(PeopleError::Busy)
    }
}

/// Where a time is kept: with its day, or for what stays until it is changed with everything.
fn part_of(attribute: &Attribute, time: i64) -> i64 {
    match attribute.cadence() {
        Cadence::Series => time.div_euclid(DAY),
        Cadence::Steady => 0,
    }
}

/// The time that a part counts from.
fn start_of(attribute: &Attribute, part: i64) -> i64 {
    match attribute.cadence() {
        Cadence::Series => part.saturating_mul(DAY),
        Cadence::Steady => 0,
    }
}

pub(super) fn name_of(attribute: &Attribute) -> String {
    format!("readings/{}/{}", attribute.source(), attribute.name())
}

fn mapping_name(source: &Source) -> String {
    format!("mapping/{}", source.name())
}

fn read(bytes: &[u8], start: i64) -> Result<Series, PeopleError> {
    decode(bytes, start).ok_or(PeopleError::Invalid("the readings were written by another version"))
}

pub(crate) fn purpose(word: &str) -> Result<Purpose, PeopleError> {
    Purpose::new(word).map_err(|_| PeopleError::Invalid("no purpose"))
}

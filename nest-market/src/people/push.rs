//! Packs of readings: taken as a whole or record by record, and once for each key.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::keep::{Keeper, New, name_of};
use super::{PeopleError, PersonSource, Sources};
use crate::account::{Account, AccountNumber};
use crate::catalogue::{Sensor, Source};
use crate::database::{Database, params};
use crate::money::Idempotency;
use crate::senml::{Pack, Reading, Stream};

/// How a body is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum PushFormat {
    /// `application/senml+json`: one pack. With `partial`, each record has an outcome of its own.
    Pack {
        /// Whether records that are at fault are left out instead of refusing all.
        partial: bool,
    },
    /// `application/sensml+json`: an array that was read to its end.
    Stream {
        /// As for a pack.
        partial: bool,
    },
}

/// What became of one record.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "outcome", rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Outcome {
    /// It is kept.
    Kept,
    /// Its sensor has not been mapped by its owner yet: it is not kept.
    Unmapped,
    /// It is at fault.
    Refused {
        /// What is wrong, without the value.
        why: String,
    },
}

/// What became of a pack.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct PushSummary {
    /// How many readings are kept.
    pub kept: usize,
    /// How many were of sensors that their owner has not mapped.
    pub unmapped: usize,
    /// The outcome of each record, where they were asked for.
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub outcomes: Vec<Outcome>,
}

impl Keeper {
    /// Takes a pack of one source of a person. The same key with the same body again has the first answer, and writes
    /// nothing.
    ///
    /// # Errors
    ///
    /// [`PeopleError::Senml`] and [`PeopleError::Reading`] name the record; then nothing is kept.
    pub async fn push(
        &self,
        database: &Database,
        sources: &Sources,
        (account, settings): (&Account, &PersonSource),
        body: &[u8],
        format: PushFormat,
        key: Option<&str>,
    ) -> Result<PushSummary, PeopleError> {
        let digest: [u8; 32] = Sha256::digest(body).into();
        let id = key.map(|key| Idempotency::key("pack", &[key.as_bytes()]).to_bytes());
        if let Some(id) = id
            && let Some(summary) = known(database, account.id, &settings.source, id, digest).await?
        {
            return Ok(summary);
        }
        let catalogue = sources.catalogue().await?;
        let source = catalogue.source(&settings.source).ok_or(PeopleError::NotFound)?;
        let now = database.now().await?;
        let rules = settings.rules(now);
        let (readings, partial) = match format {
            PushFormat::Pack { partial: true } => (Pack::parse_partial(body, &rules)?, true),
            PushFormat::Pack { partial: false } => {
                (Pack::parse(body, &rules)?.into_readings().into_iter().map(Ok).collect(), false)
            }
            PushFormat::Stream { partial } => {
                let mut stream = Stream::new();
                let readings = stream.push(body, &rules)?;
                if !stream.is_ended() {
                    return Err(PeopleError::Invalid("the stream has no end"));
                }
                (readings, partial)
            }
        };
        let summary = self.keep(account, source, settings, readings, partial).await?;
        if let Some(id) = id {
            note(database, account.id, &settings.source, id, digest, &summary).await?;
        }
        Ok(summary)
    }

    /// Keeps readings of one source of a person, as [`push`](Self::push) does and as an adapter that polls may.
    pub(crate) async fn keep(
        &self,
        account: &Account,
        source: &Source,
        settings: &PersonSource,
        readings: Vec<Result<Reading, crate::senml::SenmlError>>,
        partial: bool,
    ) -> Result<PushSummary, PeopleError> {
        let mapping = self.mapping(account.pseudonym, source).await?;
        let mut new: New<'_> = New::new();
        let mut unknown: BTreeSet<String> = BTreeSet::new();
        let mut summary = PushSummary { kept: 0, unmapped: 0, outcomes: Vec::new() };
        for reading in readings {
            let outcome = match reading {
                Err(error) if partial => Outcome::Refused { why: error.to_string() },
                Err(error) => return Err(error.into()),
                Ok(reading) => match mapping.resolve(source, &reading.name) {
                    Sensor::Attribute(attribute) => match reading.value_of(attribute) {
                        Ok(value) => {
                            let time = reading.time - reading.time.rem_euclid(settings.granularity.max(1));
                            let entry =
                                new.entry(name_of(attribute)).or_insert_with(|| (attribute, Vec::new()));
                            entry.1.push((time, value));
                            Outcome::Kept
                        }
                        Err(unfit) if partial => Outcome::Refused { why: unfit.to_string() },
                        Err(unfit) => return Err(PeopleError::Reading { record: reading.record, unfit }),
                    },
                    _ => {
                        unknown.insert(reading.name);
                        Outcome::Unmapped
                    }
                },
            };
            match outcome {
                Outcome::Kept => summary.kept += 1,
                Outcome::Unmapped => summary.unmapped += 1,
                Outcome::Refused { .. } => {}
            }
            if partial {
                summary.outcomes.push(outcome);
            }
        }
        if !unknown.is_empty() {
            let seen = |mapping: &mut crate::catalogue::Mapping| {
                unknown.iter().try_for_each(|sensor| Ok(mapping.seen(source, sensor)?))
            };
            self.change_mapping(account.pseudonym, source, seen).await?;
        }
        if !new.is_empty() {
            self.add(account.pseudonym, &new).await?;
        }
        Ok(summary)
    }
}

/// The summary of a pack that came before.
async fn known(
    database: &Database,
    account: AccountNumber,
    source: &str,
    id: [u8; 16],
    digest: [u8; 32],
) -> Result<Option<PushSummary>, PeopleError> {
    let sql = "SELECT digest, summary FROM market_pack WHERE account = $1 AND source = $2 AND id = $3";
    let rows = database.fetch(sql, params![account, source, id]).await?;
    let Some(row) = rows.first() else { return Ok(None) };
    if row.array(0)? != digest {
        return Err(PeopleError::KeyReused);
    }
    let summary = serde_json::from_str(&row.text(1)?);
    Ok(Some(summary.map_err(|_| PeopleError::Invalid("the first answer cannot be read"))?))
}

async fn note(
    database: &Database,
    account: AccountNumber,
    source: &str,
    id: [u8; 16],
    digest: [u8; 32],
    summary: &PushSummary,
) -> Result<(), PeopleError> {
    let text = serde_json::to_string(summary).map_err(|_| PeopleError::Invalid("no answer"))?;
    let mut tx = database.begin().await?;
    let now = tx.now().await?;
    let sql = "INSERT INTO market_pack (account, source, id, digest, summary, at) VALUES ($1, $2, $3, $4, $5, $6) \
               ON CONFLICT (account, source, id) DO NOTHING";
    tx.execute(sql, params![account, source, id, digest, text, now]).await?;
    Ok(tx.commit().await?)
}

//! The vault: writing, reading, growing, and a new master key.

use std::path::Path;
use std::time::{Duration, Instant};

use nest_core::Domain;
use nest_source::Purpose;
use nest_source::prelude::*;
use nest_vault::{AccessLog, Master, SqlKeys, SqlVault};

use crate::plain::size;
use crate::records::{Info, Visit, visit};
use crate::took::{Took, median};
use crate::{Failure, RECORDS, ROUNDS};

pub(crate) struct Place<'a> {
    records: &'a str,
    keys: &'a str,
    ledger: std::path::PathBuf,
    master: Master,
    folder: &'a Path,
}

impl<'a> Place<'a> {
    pub(crate) async fn new(records: &'a str, keys: &'a str, folder: &'a Path) -> Result<Self, Failure> {
        let master = Master::generate();
        let ledger = folder.join(format!("ledger-{:016x}", rand::random::<u64>()));
        nest_vault::init(records, keys, &master, &ledger).await?;
        Ok(Self { records, keys, ledger, master, folder })
    }

    pub(crate) async fn open(&self) -> Result<SqlVault<Info>, Failure> {
        let keys = SqlKeys::open(self.keys, self.master.clone()).await?;
        let builder = SqlVault::<Info>::builder(self.records, keys).activity::<Visit>();
        let access = AccessLog::open(self.folder.join("access.log"))?;
        Ok(builder.ledger(&self.ledger).audit(access).open().await?)
    }
}

pub(crate) async fn register(
    vault: &SqlVault<Info>,
    domain: &Domain,
    people: &[Pseudonym],
) -> Result<(), Failure> {
    let info = Info { consent: true };
    for people in people.chunks(RECORDS) {
        let registered: Vec<_> = people.iter().map(|who| (*who, &info)).collect();
        for result in vault.register_batch(domain, &registered).await? {
            result?;
        }
    }
    Ok(())
}

pub(crate) fn people(count: usize) -> Vec<Pseudonym> {
    (0..count).map(|_| Pseudonym::random()).collect()
}

/// What reading took in other ways than in the pages of `scan`.
pub(crate) struct Named {
    /// By pseudonym, with the keys in memory.
    pub(crate) warm: Duration,
    /// By pseudonym, after the vault was opened anew.
    pub(crate) cold: Duration,
}

/// The people have their keys already: they were registered before.
pub(crate) async fn round(records: &str, keys: &str, folder: &Path) -> Result<(Took, Named), Failure> {
    let place = Place::new(records, keys, folder).await?;
    let vault = place.open().await?;
    let domain = Domain::new("bench")?;
    let people = people(RECORDS);
    let visits: Vec<_> = (0..RECORDS).map(visit).collect();
    register(&vault, &domain, &people).await?;
    let items: Vec<_> = people.iter().copied().zip(&visits).collect();
    let begin = Instant::now();
    let results = vault.put_batch(&domain, &items).await?;
    let write = begin.elapsed();
    for result in results {
        result?;
    }
    let purpose = Purpose::new("bench")?;
    let begin = Instant::now();
    let page = vault.scan::<Visit>(&purpose, None, RECORDS as u32).await?;
    let read = begin.elapsed();
    if page.records.len() != RECORDS || page.records.iter().any(|found| found.record.record().is_none()) {
        return Err("a record is missing".into());
    }
    let begin = Instant::now();
    let found = vault.get_many::<Visit>(&domain, &people, &purpose).await?;
    let warm = begin.elapsed();
    if found.iter().any(Option::is_none) {
        return Err("a record is missing".into());
    }
    vault.close().await;
    let vault = place.open().await?;
    let begin = Instant::now();
    vault.get_many::<Visit>(&domain, &people, &purpose).await?;
    let cold = begin.elapsed();
    vault.close().await;
    let bytes = size(records, "activity_visit").await?;
    Ok((Took { write, read, bytes }, Named { warm, cold }))
}

/// One vault that grows: at each size, the median µs a record that batches of 10,000 more take, and that reading
/// 10,000 by their pseudonyms takes.
pub(crate) async fn growth(
    records: &str,
    keys: &str,
    folder: &Path,
    sizes: &[usize],
) -> Result<Vec<(usize, f64, f64)>, Failure> {
    let place = Place::new(records, keys, folder).await?;
    let vault = place.open().await?;
    let (domain, purpose) = (Domain::new("bench")?, Purpose::new("bench")?);
    let mut there = 0;
    let mut figures = Vec::new();
    for size in sizes {
        let mut wrote = Vec::new();
        let mut read = Vec::new();
        // The last rounds before the size are those that count.
        while there < *size {
            let people = people(RECORDS);
            let visits: Vec<_> = (0..RECORDS).map(visit).collect();
            register(&vault, &domain, &people).await?;
            let items: Vec<_> = people.iter().copied().zip(&visits).collect();
            let begin = Instant::now();
            vault.put_batch(&domain, &items).await?;
            wrote.push(begin.elapsed().as_secs_f64() * 1e6 / RECORDS as f64);
            let begin = Instant::now();
            vault.get_many::<Visit>(&domain, &people, &purpose).await?;
            read.push(begin.elapsed().as_secs_f64() * 1e6 / RECORDS as f64);
            there += RECORDS;
        }
        let last = |mut all: Vec<f64>| median(all.split_off(all.len().saturating_sub(ROUNDS)));
        figures.push((*size, last(wrote), last(read)));
    }
    vault.close().await;
    Ok(figures)
}

/// A new master key for so many people.
pub(crate) async fn rotation(
    records: &str,
    keys: &str,
    folder: &Path,
    count: usize,
) -> Result<Duration, Failure> {
    let vault = Place::new(records, keys, folder).await?.open().await?;
    register(&vault, &Domain::new("bench")?, &people(count)).await?;
    let begin = Instant::now();
    vault.rotate_master(&Master::generate(), |_, _| ()).await?;
    let took = begin.elapsed();
    vault.close().await;
    Ok(took)
}

//! What sealing and opening cost beside libpep's own functions, and beside the least that the curve allows.
//!
//! ```text
//! cargo run --release -p nest-bench --bin seal
//! ```
//!
//! One core. Everything from the Rust value to its JSON is counted, and back. libpep is given values that are
//! encoded already, and gives back `serde_json`'s values. The two take turns in one run, and their ratio is taken
//! turn by turn: times depend on what else the machine does, ratios hardly.

use std::collections::BTreeMap;
use std::error::Error;

use libpep::client::distributed::make_session_keys_distributed;
use libpep::client::{decrypt_batch, encrypt, encrypt_batch};
use libpep::data::json::{EncryptedPEPJSONValue, PEPJSONValue};
use libpep::factors::{EncryptionContext, EncryptionSecret, PseudonymizationSecret};
use libpep::keys::SessionKeys;
use libpep::keys::distribution::make_distributed_global_keys;
use libpep::transcryptor::DistributedTranscryptor;
use nest_core::prelude::*;
use nest_core::{Batch, Domain, Sealed, Session, SessionIds};

use crate::clock::{cpu_time, race, time};
use crate::floor::Floor;
use crate::records::{Assessment, Numbers, Remark};

mod clock;
mod floor;
mod records;

type Outcome<T = ()> = Result<T, Box<dyn Error>>;

/// One session, as nest and as libpep have it.
struct Keys {
    domain: Domain,
    session: Session,
    libpep: SessionKeys,
}

fn keys() -> Outcome<Keys> {
    let (_, global, mut blinding) = make_distributed_global_keys(1, &mut rand::rng());
    let secret = || rand::random::<[u8; 32]>().to_vec();
    let system = DistributedTranscryptor::new(
        PseudonymizationSecret::from(secret()),
        EncryptionSecret::from(secret()),
        blinding.pop().ok_or("one transcryptor")?,
    );
    let shares = system.session_key_shares(&EncryptionContext::from("session"));
    let libpep = make_session_keys_distributed(global, &[shares]);
    let ids = SessionIds::new(BTreeMap::from([("t0".to_owned(), "session".to_owned())]))?;
    Ok(Keys { domain: Domain::new("school")?, session: Session::from_libpep(ids, libpep), libpep })
}

impl Keys {
    fn seal<R: PepRecord>(&self, records: &[R]) -> Outcome<String> {
        let batch = Batch::seal(&self.domain, &self.session, records)?;
        Ok(serde_json::to_string(&batch)?)
    }

    fn seal_with_libpep(&self, values: &[PEPJSONValue]) -> Outcome<String> {
        let sealed = encrypt_batch(values, &self.libpep, &mut rand::rng())?;
        Ok(serde_json::to_string(&sealed)?)
    }

    fn open<R: PepRecord>(&self, json: &str) -> Outcome<Vec<R>> {
        let batch: Batch<R> = serde_json::from_str(json)?;
        Ok(batch.open(&self.session).into_iter().collect::<Result<_, _>>()?)
    }

    fn open_with_libpep(&self, json: &str) -> Outcome<Vec<serde_json::Value>> {
        let sealed: Vec<EncryptedPEPJSONValue> = serde_json::from_str(json)?;
        let plain = decrypt_batch(&sealed, &self.libpep)?;
        Ok(plain.iter().map(PEPJSONValue::to_value).collect::<Result<_, _>>()?)
    }
}

/// One row: what both take for one record, how many times as long libpep takes, and how many times the floor we do.
fn row(name: &str, records: usize, race: &clock::Race, floor: f64) {
    let (nest, libpep) = (race.nest.per(records), race.libpep.per(records));
    let over = nest.median() / floor;
    println!("{name:36}{nest:<30}{libpep:<32}{:<22}{over:5.2}", race.ratio.to_string());
}

fn heading(text: &str) {
    println!("\n{text}");
    println!(
        "{:36}{:>9}{:21}{:>9}{:23}{:>9}{:13}{:>5}",
        "", "nest", " µs a record", "libpep", " µs a record", "ratio", "", "× floor"
    );
}

/// Sealing and opening of a batch.
fn batch<R: PepRecord + Clone>(
    keys: &Keys,
    floor: &Floor,
    name: &str,
    rounds: usize,
    records: &[R],
) -> Outcome {
    let plain: Vec<_> = records.iter().map(PepRecord::to_pep).collect::<Result<_, _>>()?;
    let (sealed, libpeps) = (keys.seal(records)?, keys.seal_with_libpep(&plain)?);
    // Both open all of it.
    keys.open::<R>(&sealed)?;
    keys.open_with_libpep(&libpeps)?;
    let count = records.len();
    let pseudonyms = count_pseudonyms::<R>();
    let attributes = R::BLOCKS - pseudonyms;
    let times = (4_000 / (count * R::BLOCKS)).max(1);
    let seal = race(
        rounds,
        || cpu_time(times, || keys.seal(records)),
        || cpu_time(times, || keys.seal_with_libpep(&plain)),
    );
    row(&format!("seal {name}"), count, &seal, floor.seal(pseudonyms, attributes));
    let open = race(
        rounds,
        || cpu_time(times, || keys.open::<R>(&sealed)),
        || cpu_time(times, || keys.open_with_libpep(&libpeps)),
    );
    row(&format!("open {name}"), count, &open, floor.open(pseudonyms, attributes));
    Ok(())
}

fn count_pseudonyms<R: PepRecord>() -> usize {
    R::SCHEMA.fields.iter().filter(|field| field.ty == nest_core::schema::Type::Pseudonym).count()
}

/// What somebody waits for who asks for one record.
fn single(keys: &Keys, floor: &Floor) -> Outcome {
    let record = Assessment::some(7);
    let plain = record.to_pep()?;
    let libpep = || time(|| serde_json::to_string(&encrypt(&plain, &keys.libpep, &mut rand::rng())));
    let seal = || time(|| keys.session.seal(&record).map(|sealed| serde_json::to_string(&sealed)));
    let warm = || {
        while keys.session.fill_pool(64) > 0 {}
        seal()
    };
    row("seal one, pool warm", 1, &race(201, warm, libpep), floor.seal_from_pool(2, 6));
    // Whatever is left of the pool goes first.
    keys.seal(&vec![record.clone(); 1_000])?;
    row("seal one, pool empty", 1, &race(201, seal, libpep), floor.seal(2, 6));
    let json = serde_json::to_string(&keys.session.seal(&record)?)?;
    let open = || {
        time(|| {
            let sealed: Sealed<Assessment> = serde_json::from_str(&json)?;
            Outcome::Ok(keys.session.open(&sealed)?)
        })
    };
    let list = format!("[{json}]");
    keys.open_with_libpep(&list)?;
    let libpep = || time(|| keys.open_with_libpep(&list));
    row("open one", 1, &race(201, open, libpep), floor.open(2, 6));
    Ok(())
}

fn main() -> Outcome {
    let keys = keys()?;
    let first = time(|| keys.session.prepare::<Assessment>());
    let floor = Floor::measure();
    println!("{:36}{first:9.0}", "tables of 2 keys and 500 values");
    let assessments: Vec<_> = (0..10_000).map(Assessment::some).collect();
    let remarks: Vec<_> = (0..200).map(Remark::some).collect();

    heading("Assessments: 2 pseudonyms, 6 attributes of few values");
    batch(&keys, &floor, "a batch of 1,000", 7, assessments.get(..1_000).unwrap_or_default())?;
    single(&keys, &floor)?;

    heading("Remarks: free text of 4 blocks, half of them filled; the floor is that of small domains");
    batch(&keys, &floor, "a batch of 200", 7, &remarks)?;

    heading("Growth with the number of records");
    for count in [10, 100, 1_000, 10_000] {
        let rounds = if count > 1_000 { 3 } else { 5 };
        batch(&keys, &floor, &count.to_string(), rounds, assessments.get(..count).unwrap_or_default())?;
    }

    heading("Growth with the number of blocks, 100 records");
    batch(&keys, &floor, "1 block", 5, &vec![Numbers::<1>::some(); 100])?;
    batch(&keys, &floor, "4 blocks", 5, &vec![Numbers::<4>::some(); 100])?;
    batch(&keys, &floor, "16 blocks", 5, &vec![Numbers::<16>::some(); 100])?;
    batch(&keys, &floor, "64 blocks", 5, &vec![Numbers::<64>::some(); 100])
}

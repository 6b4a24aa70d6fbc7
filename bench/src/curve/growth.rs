//! How time and memory grow with the number of records and with the number of blocks.
//!
//! Records are made while they are asked for, sealed to a writer that keeps nothing, and opened from texts that come
//! round again, so that what is in memory is what sealing and opening keep.

use std::io;

use libpep::client::{decrypt_batch, encrypt_batch};
use libpep::data::json::{EncryptedPEPJSONValue, PEPJSONValue};
use nest_core::Sealed;
use nest_core::prelude::*;

use super::keys::Keys;
use super::often;
use super::records::{Numbers, Small};
use crate::clock::cpu_time;
use crate::memory::{peak, resident};
use crate::{Aim, Failure, Part, Report, Row, Settings, Spread, Table};

const COUNTS: [usize; 5] = [10, 100, 1_000, 10_000, 100_000];
const NAMES: [&str; 5] = ["10 records", "100 records", "1,000 records", "10,000 records", "100,000 records"];

/// libpep holds all records at once; its side stops before the last.
const MOST_OF_LIBPEP: usize = 10_000;

/// A line is straight where the last step costs no more than this for each of the first.
const STRAIGHT: Aim = Aim::AtMost(1.2);

pub(super) fn measure(keys: &Keys, settings: Settings) -> Result<Report, Failure> {
    let mut report = Report::default();
    records(keys, settings, &mut report)?;
    blocks(keys, settings, &mut report)?;
    Ok(report)
}

/// What records are made of while they are asked for.
struct Source<'a> {
    keys: &'a Keys,
    people: Vec<Pseudonym>,
    sealed: Vec<String>,
    sealed_by_libpep: Vec<String>,
}

impl<'a> Source<'a> {
    fn new(keys: &'a Keys) -> Result<Self, Failure> {
        let people: Vec<_> = (0..100).map(|_| Pseudonym::random()).collect();
        let mut source = Self { keys, people, sealed: Vec::new(), sealed_by_libpep: Vec::new() };
        source.sealed = source.records(100).map(|record| keys.seal_one(&record)).collect::<Result<_, _>>()?;
        let values = source.values(100)?;
        source.sealed_by_libpep =
            values.iter().map(|value| keys.libpep_seal_one(value)).collect::<Result<_, _>>()?;
        Ok(source)
    }

    fn records(&self, count: usize) -> impl Iterator<Item = Small> {
        let people = self.people.iter().cycle().zip((0..=100).cycle());
        people.map(|(who, percent)| Small { who: *who, percent }).take(count)
    }

    fn values(&self, count: usize) -> Result<Vec<PEPJSONValue>, Failure> {
        Ok(self.records(count).map(|record| record.to_pep()).collect::<Result<_, _>>()?)
    }

    fn seal(&self, count: usize) -> Result<(), Failure> {
        for sealed in self.keys.session.seal_each(self.records(count)) {
            serde_json::to_writer(io::sink(), &sealed?)?;
        }
        Ok(())
    }

    fn open(&self, count: usize) -> Result<(), Failure> {
        let sealed = self.sealed.iter().cycle().take(count);
        let sealed = sealed.map_while(|text| serde_json::from_str::<Sealed<Small>>(text).ok());
        let opened = self.keys.session.open_each(sealed).filter(Result::is_ok).count();
        if opened == count { Ok(()) } else { Err("a record does not open".into()) }
    }

    fn libpep_seal(&self, values: &[PEPJSONValue]) -> Result<(), Failure> {
        let sealed = encrypt_batch(values, &self.keys.libpep, &mut rand::rng())?;
        Ok(serde_json::to_writer(io::sink(), &sealed)?)
    }

    fn libpep_open(&self, count: usize) -> Result<(), Failure> {
        let sealed = self.sealed_by_libpep.iter().cycle().take(count);
        let sealed: Vec<EncryptedPEPJSONValue> =
            sealed.map(|text| serde_json::from_str(text)).collect::<Result<_, _>>()?;
        for plain in decrypt_batch(&sealed, &self.keys.libpep)? {
            plain.to_value()?;
        }
        Ok(())
    }

    /// The most memory while so many records are sealed, and while they are opened, by nest or by libpep.
    fn peaks(&self, count: usize, libpep: bool) -> Result<[Option<f64>; 2], Failure> {
        let seal = || if libpep { self.libpep_seal(&self.values(count)?) } else { self.seal(count) };
        let open = || if libpep { self.libpep_open(count) } else { self.open(count) };
        let (sealed, to_seal) = peak(seal);
        let (opened, to_open) = peak(open);
        sealed.and(opened).map(|()| [to_seal, to_open])
    }

    /// Microseconds for each record: sealed and opened by nest, and by libpep.
    fn times(&self, count: usize) -> Result<[f64; 4], Failure> {
        let times = often(2 * count);
        let each = |total: f64| total / count as f64;
        let nest = [cpu_time(times, || self.seal(count)), cpu_time(times, || self.open(count))].map(each);
        let libpep = if count > MOST_OF_LIBPEP {
            [f64::NAN; 2]
        } else {
            let values = self.values(count)?;
            [cpu_time(times, || self.libpep_seal(&values)), cpu_time(times, || self.libpep_open(count))]
                .map(each)
        };
        let ([seal, open], [libpep_seal, libpep_open]) = (nest, libpep);
        Ok([seal, open, libpep_seal, libpep_open])
    }
}

/// The columns of what [`Source::times`] and [`of_blocks`] measure.
const HEAD: [&str; 5] = ["", "nest, seal", "nest, open", "libpep, seal", "libpep, open"];

/// Rounds of the same work in growing sizes, each size once in every round.
struct Grown<const SIZES: usize>(Vec<[[f64; 4]; SIZES]>);

impl<const SIZES: usize> Grown<SIZES> {
    fn take(rounds: usize, sizes: [&dyn Fn() -> Result<[f64; 4], Failure>; SIZES]) -> Result<Self, Failure> {
        let mut grown = Vec::new();
        for _ in 0..rounds {
            let mut round = [[f64::NAN; 4]; SIZES];
            for (times, measure) in round.iter_mut().zip(sizes) {
                *times = measure()?;
            }
            grown.push(round);
        }
        Ok(Self(grown))
    }

    fn table(&self, names: [&str; SIZES]) -> Table {
        let mut table = Table::new(HEAD);
        for (size, name) in names.into_iter().enumerate() {
            let column = |way: usize| {
                let times = self.0.iter().filter_map(|round| round.get(size)?.get(way).copied());
                let spread = Spread::of(times);
                if spread.median.is_nan() { String::new() } else { spread.to_string() }
            };
            table.row([name.to_owned()].into_iter().chain((0..HEAD.len() - 1).map(column)));
        }
        table
    }

    /// Whether the largest size takes as long for each as the smallest.
    fn row(&self, what: &str) -> Row {
        let ends = self.0.iter().filter_map(|round| {
            let [[seal, open, ..], .., [seal_last, open_last, ..]] = round.as_slice() else { return None };
            Some((seal + open, seal_last + open_last))
        });
        Row {
            part: Part::Growth,
            what: format!("{what}, sealed and opened"),
            nest: Spread::of(ends.clone().map(|(_, last)| last)),
            other: Ok(Spread::of(ends.clone().map(|(first, _)| first))),
            ratio: Some(Spread::of(ends.map(|(first, last)| last / first))),
            aim: STRAIGHT,
        }
    }
}

fn records(keys: &Keys, settings: Settings, report: &mut Report) -> Result<(), Failure> {
    let source = Source::new(keys)?;
    keys.session.prepare::<Small>();
    let memory = memory(&source, report)?;

    eprintln!("growth with the number of records: time");
    source.times(100)?;
    let source = &source;
    let sizes = COUNTS.map(|count| move || source.times(count));
    let grown = Grown::take(settings.rounds(3), sizes.each_ref().map(|size| size as &dyn Fn() -> _))?;
    report.detail(
        "Growth with the number of records",
        format!(
            "Of 2 blocks each, made while they are asked for, to JSON that nobody keeps, and back; libpep holds all \
             of them. Microseconds a record on one core:\n\n{}\n\
             The most memory beyond what there was before, in KiB:\n\n{memory}",
            grown.table(NAMES)
        ),
    );
    report.row(grown.row("µs a record, 100,000 against 10"));
    Ok(())
}

fn memory(source: &Source, report: &mut Report) -> Result<Table, Failure> {
    eprintln!("growth with the number of records: memory");
    source.seal(1)?;
    source.open(1)?;
    let before = resident();
    let nest = COUNTS.map(|count| source.peaks(count, false));
    let before_libpep = resident();
    let libpep =
        COUNTS.map(|count| if count > MOST_OF_LIBPEP { Ok([None; 2]) } else { source.peaks(count, true) });
    let mut table = Table::new(HEAD);
    let mut peaks = Vec::new();
    for ((name, nest), libpep) in NAMES.into_iter().zip(nest).zip(libpep) {
        let (nest, libpep) = (nest?, libpep?);
        let over = |peak: Option<f64>, before: Option<f64>| {
            peak.zip(before).map_or("unknown".to_owned(), |(peak, before)| format!("{:.0}", peak - before))
        };
        let cells = nest.map(|peak| over(peak, before)).into_iter();
        let cells = cells.chain(libpep.map(|peak| over(peak, before_libpep)));
        table.row([name.to_owned()].into_iter().chain(cells));
        peaks.push(nest.into_iter().flatten().fold(f64::NAN, f64::max));
    }
    if let [few, .., many] = peaks.as_slice() {
        let [few, many] = [few, many].map(|kibibytes| kibibytes / 1024.0);
        report.row(Row {
            part: Part::Growth,
            what: "MiB that the whole process needs at most, 100,000 records against 10".to_owned(),
            nest: Spread::of([many]),
            other: Ok(Spread::of([few])),
            ratio: Some(Spread::of([many / few])),
            aim: STRAIGHT,
        });
    }
    Ok(table)
}

fn blocks(keys: &Keys, settings: Settings, report: &mut Report) -> Result<(), Failure> {
    eprintln!("growth with the number of blocks");
    let (one, four) = (of_blocks::<1>(keys)?, of_blocks::<4>(keys)?);
    let (sixteen, most) = (of_blocks::<16>(keys)?, of_blocks::<64>(keys)?);
    let grown = Grown::take(settings.rounds(5), [&one, &four, &sixteen, &most])?;
    report.detail(
        "Growth with the number of blocks",
        format!(
            "A batch of 100 records, microseconds a block on one core:\n\n{}",
            grown.table(["1 block", "4 blocks", "16 blocks", "64 blocks"])
        ),
    );
    report.row(grown.row("µs a block, records of 64 against records of 1"));
    Ok(())
}

/// Microseconds for each block of a hundred records of so many.
fn of_blocks<const N: usize>(keys: &Keys) -> Result<impl Fn() -> Result<[f64; 4], Failure>, Failure> {
    let records = vec![Numbers::<N>::some(); 100];
    let plain: Vec<_> = records.iter().map(PepRecord::to_pep).collect::<Result<_, _>>()?;
    let (sealed, libpeps) = (keys.seal(&records)?, keys.libpep_seal(&plain)?);
    // Both open all of it, and tables are made.
    keys.open::<Numbers<N>>(&sealed)?;
    keys.libpep_open(&libpeps)?;
    Ok(move || {
        let (times, all) = (often(100 * N), 100.0 * N as f64);
        Ok([
            cpu_time(times, || keys.seal(&records)),
            cpu_time(times, || keys.open::<Numbers<N>>(&sealed)),
            cpu_time(times, || keys.libpep_seal(&plain)),
            cpu_time(times, || keys.libpep_open(&libpeps)),
        ]
        .map(|took| took / all))
    })
}

//! What sealing and opening cost beside libpep's own functions, and beside the least that the curve allows.
//!
//! Everything from the Rust value to its JSON is counted, and back. libpep is given values that are encoded already,
//! and gives back `serde_json`'s values.

mod cores;
mod floor;
mod growth;
mod keys;
mod records;

use std::hint::black_box;

use floor::{Blocks, Floor, primitives};
pub use keys::Keys;
use nest_core::prelude::*;
use nest_core::schema::Type;
pub use records::Assessment;
use records::Remark;

use crate::clock::{Turns, cpu_time, time};
use crate::{Aim, Failure, Part, Report, Row, Settings, Table};

/// Measures everything: some two minutes. Call it before anything else, while this process holds little memory.
///
/// # Errors
///
/// Where sealing or opening fails.
pub fn measure(settings: Settings) -> Result<Report, Failure> {
    let keys = Keys::new()?;
    let growth = growth::measure(&keys, settings)?;
    let mut report = Report::default();
    sealing(&keys, settings, &mut report)?;
    cores::measure(&keys, settings, &mut report)?;
    report.join(growth);
    Ok(report)
}

/// The ways to seal or to open, in the order in which they take turns.
const NEST: usize = 0;
const LIBPEP: usize = 1;
const FLOOR: usize = 2;

/// How often each operation is measured for the floor of one turn.
const FLOOR_ROUNDS: usize = 21;

fn sealing(keys: &Keys, settings: Settings, report: &mut Report) -> Result<(), Failure> {
    eprintln!("sealing and opening on one core");
    let first = time(|| keys.session.prepare::<Assessment>()) / 1e3;
    let mut table =
        Table::new(["one core, µs a record", "nest", "libpep", "libpep / nest", "floor", "nest / floor"]);
    let assessments: Vec<_> = (0..1_000).map(Assessment::some).collect();
    let [seal, open] = batch(keys, settings.rounds(11), &assessments)?;
    let [warm, empty, open_one] = single(keys, settings.rounds(201))?;
    let remarks: Vec<_> = (0..200).map(Remark::some).collect();
    let [seal_text, open_text] = batch(keys, settings.rounds(5), &remarks)?;
    for (name, turns) in [
        ("seal a batch of 1,000 assessments", &seal),
        ("open it", &open),
        ("seal one assessment, pool warm", &warm),
        ("seal one assessment, pool empty", &empty),
        ("open one assessment", &open_one),
        ("seal a batch of 200 remarks", &seal_text),
        ("open it", &open_text),
    ] {
        let ratios = [turns.ratio(LIBPEP, NEST), turns.of(FLOOR), turns.ratio(NEST, FLOOR)];
        let [faster, floor, over] = ratios.map(|ratio| ratio.to_string());
        table.row([name, &turns.of(NEST).to_string(), &turns.of(LIBPEP).to_string(), &faster, &floor, &over]);
    }
    report.detail(
        "Sealing and opening",
        format!(
            "Assessments are 2 pseudonyms and 6 attributes of few values; remarks are free text of 4 blocks, half of \
             them filled, and their floor is that of small domains. The tables of two keys and of some 500 values, \
             made once, took {first:.0} ms.\n\n{table}"
        ),
    );
    report.detail("The primitives", primitives());

    for (part, what, turns, aim) in [
        (Part::Seal, "µs a record", &seal, 2.5),
        (Part::SealOne, "µs", &warm, 10.0),
        (Part::Open, "µs a record", &open, 2.0),
    ] {
        report.row(Row {
            part,
            what: what.to_owned(),
            nest: turns.of(NEST),
            other: Ok(turns.of(LIBPEP)),
            ratio: Some(turns.ratio(LIBPEP, NEST)),
            aim: Aim::AtLeast(aim),
        });
    }
    for (what, turns) in [
        ("seal, µs a record of the batch", &seal),
        ("seal one, pool warm, µs", &warm),
        ("open, µs a record of the batch", &open),
    ] {
        report.row(Row {
            part: Part::Floor,
            what: what.to_owned(),
            nest: turns.of(NEST),
            other: Ok(turns.of(FLOOR)),
            ratio: Some(turns.ratio(NEST, FLOOR)),
            aim: Aim::AtMost(1.3),
        });
    }
    Ok(())
}

/// Sealing and opening of a batch: microseconds for each record.
fn batch<R: PepRecord + Clone>(keys: &Keys, rounds: usize, records: &[R]) -> Result<[Turns<3>; 2], Failure> {
    let plain: Vec<_> = records.iter().map(PepRecord::to_pep).collect::<Result<_, _>>()?;
    let (sealed, libpeps) = (keys.seal(records)?, keys.libpep_seal(&plain)?);
    // Both open all of it.
    keys.open::<R>(&sealed)?;
    keys.libpep_open(&libpeps)?;
    let (blocks, count) = (blocks::<R>(), records.len() as f64);
    let times = often(records.len() * R::BLOCKS);
    let seal = Turns::take(
        rounds,
        [
            &mut || cpu_time(times, || keys.seal(records)) / count,
            &mut || cpu_time(times, || keys.libpep_seal(&plain)) / count,
            &mut || Floor::measure(FLOOR_ROUNDS).seal(blocks),
        ],
    );
    let open = Turns::take(
        rounds,
        [
            &mut || cpu_time(times, || keys.open::<R>(&sealed)) / count,
            &mut || cpu_time(times, || keys.libpep_open(&libpeps)) / count,
            &mut || Floor::measure(FLOOR_ROUNDS).open(blocks),
        ],
    );
    Ok([seal, open])
}

/// So often that it takes about a tenth of a second to seal so many blocks.
fn often(blocks: usize) -> usize {
    (4_000 / blocks.max(1)).max(1)
}

fn blocks<R: PepRecord>() -> Blocks {
    let pseudonyms = R::SCHEMA.fields.iter().filter(|field| field.ty == Type::Pseudonym).count();
    Blocks { pseudonyms, attributes: R::BLOCKS - pseudonyms }
}

/// What somebody waits for who asks for one record: sealing with a warm and with an empty pool, and opening.
fn single(keys: &Keys, rounds: usize) -> Result<[Turns<3>; 3], Failure> {
    let record = Assessment::some(7);
    let (plain, blocks) = (record.to_pep()?, blocks::<Assessment>());
    let nothing = || {};
    let fill = || while keys.session.fill_pool(64) > 0 {};
    let seal = || keys.seal_one(&record);
    let libpep = || keys.libpep_seal_one(&plain);
    let warm = Turns::take(
        rounds,
        [&mut || second_time(fill, seal), &mut || second_time(nothing, libpep), &mut || {
            Floor::measure(FLOOR_ROUNDS).seal_from_pool(blocks)
        }],
    );
    // Whatever is left of the pool goes first.
    keys.seal(&vec![record.clone(); 1_000])?;
    let empty = Turns::take(
        rounds,
        [&mut || second_time(nothing, seal), &mut || second_time(nothing, libpep), &mut || {
            Floor::measure(FLOOR_ROUNDS).seal(blocks)
        }],
    );
    let json = seal()?;
    // libpep's way to open knows batches only.
    let list = format!("[{}]", libpep()?);
    keys.open_one::<Assessment>(&json)?;
    keys.libpep_open(&list)?;
    let open = Turns::take(
        rounds,
        [
            &mut || second_time(nothing, || keys.open_one::<Assessment>(&json)),
            &mut || second_time(nothing, || keys.libpep_open(&list)),
            &mut || Floor::measure(FLOOR_ROUNDS).open(blocks),
        ],
    );
    Ok([warm, empty, open])
}

/// What something takes that is over at once, when the processor has just done it and knows the way: otherwise it would
/// be the one before in turn that is measured.
fn second_time<T>(prepare: impl Fn(), work: impl Fn() -> T) -> f64 {
    prepare();
    black_box(work());
    prepare();
    time(work)
}

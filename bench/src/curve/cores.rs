//! Sealing and opening on all cores, against the same on one; and what the machine itself gives, since two cores may be
//! threads of one, and slower together than alone.

use std::hint::black_box;
use std::{iter, thread};

use curve25519_dalek::ristretto::RistrettoPoint;
use curve25519_dalek::scalar::Scalar;
use nest_api::cpu_pool as all_cores;
use nest_core::Batch;
use tokio::runtime::Runtime;

use super::{Assessment, Keys};
use crate::clock::{Turns, time};
use crate::machine::cores;
use crate::{Aim, Failure, Part, Report, Row, Settings, Table};

const RECORDS: u16 = 1_000;

pub(super) fn measure(keys: &Keys, settings: Settings, report: &mut Report) -> Result<(), Failure> {
    eprintln!("sealing and opening on all cores");
    let runtime = Runtime::new()?;
    let records: Vec<_> = (0..RECORDS).map(Assessment::some).collect();
    let Keys { domain, session, .. } = keys;
    let on_all = |records| runtime.block_on(all_cores::seal(domain, session, records));
    let opened_on_all = |batch| runtime.block_on(all_cores::open(batch, session));
    let sealed = on_all(records.clone())?;
    let opened = opened_on_all(sealed.clone())?;
    if opened.iter().filter(|record| record.is_ok()).count() != records.len() {
        return Err("a record that was sealed on all cores does not open".into());
    }
    // By the clock: it is waiting that gets shorter. Copies are made outside of it.
    let turns = Turns::take(
        settings.rounds(11),
        [
            &mut || time(|| Batch::seal(domain, session, &records)),
            &mut || once(records.clone(), on_all),
            &mut || time(|| sealed.open(session)),
            &mut || once(sealed.clone(), opened_on_all),
            &mut || time(|| multiply(1)),
            &mut || time(|| multiply(cores())),
        ],
    );
    let turns = turns.map(|turn| turn.map(|microseconds| microseconds / 1e3));
    let both =
        turns.map(|[seal, seal_on_all, open, open_on_all, ..]| [seal + open, seal_on_all + open_on_all]);
    report.row(Row {
        part: Part::Cores,
        what: format!("ms for 1,000 records, on {} cores", cores()),
        nest: both.of(1),
        other: Ok(both.of(0)),
        ratio: Some(both.ratio(0, 1)),
        aim: Aim::AtLeast(0.95 * cores() as f64),
    });
    let mut table = Table::new(["ms by the clock", "one core", "all cores", "times as fast"]);
    for (place, name) in
        ["seal 1,000 assessments", "open them", "multiplications alone"].into_iter().enumerate()
    {
        let (one, all) = (2 * place, 2 * place + 1);
        let cells = [turns.of(one), turns.of(all), turns.ratio(one, all)].map(|cell| cell.to_string());
        table.row(iter::once(name.to_owned()).chain(cells));
    }
    report.detail(
        "Cores",
        format!(
            "{MULTIPLICATIONS} multiplications on one thread, and shared by {} that have nothing to do with each \
             other, are what the machine itself gives: its cores may be threads of one, or slower together than \
             alone.\n\n{table}",
            cores()
        ),
    );
    Ok(())
}

fn once<A, T>(argument: A, work: impl FnOnce(A) -> T) -> f64 {
    time(|| work(argument))
}

const MULTIPLICATIONS: usize = 4_000;

fn multiply(threads: usize) {
    thread::scope(|scope| {
        for _ in 0..threads {
            scope.spawn(|| {
                let rng = &mut rand::rng();
                let (point, scalar) = (RistrettoPoint::random(rng), Scalar::random(rng));
                for _ in 0..MULTIPLICATIONS / threads {
                    black_box(black_box(point) * black_box(scalar));
                }
            });
        }
    });
}

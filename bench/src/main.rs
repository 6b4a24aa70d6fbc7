//! nest beside what it takes the place of: libpep's own functions, and the crate nest-data-source-api. Prints one table of
//! what was to be shown, and the details below it.
//!
//! ```text
//! bench/run                                              # everything, into BENCHMARKS.md: under ten minutes
//! cargo run --release -p nest-bench -- --rounds 1        # a look
//! cargo run --release -p nest-bench -- --only curve      # sealing and opening, without HTTP
//! cargo run --release -p nest-bench -- --only exchange   # whole exchanges
//! ```

use std::env;
use std::time::Instant;

use nest_bench::{Failure, Machine, Report, Settings, curve, exchange};

fn main() -> Result<(), Failure> {
    let start = Instant::now();
    let (mut settings, mut only) = (Settings::default(), None);
    let mut arguments = env::args().skip(1);
    while let Some(argument) = arguments.next() {
        match (argument.as_str(), arguments.next().as_deref()) {
            ("--rounds", Some(rounds)) => settings.rounds = rounds.parse()?,
            ("--only", Some("curve")) => only = Some(curve::measure as fn(Settings) -> _),
            ("--only", Some("exchange")) => only = Some(|_| exchange::measure()),
            _ => return Err("only --rounds N, --only curve and --only exchange are known".into()),
        }
    }
    if let Some(report) = exchange::handed(settings)? {
        println!("{}", serde_json::to_string(&report)?);
        return Ok(());
    }
    let machine = Machine::here();
    let report = match only {
        Some(measure) => measure(settings)?,
        None => everything(settings)?,
    };
    println!(
        "Every ratio is of one run, both sides in turns: the median of the ratios of the single turns, and in brackets \
         between which values half of them lie. Figures likewise. {machine} The whole run took {:.1} minutes.\n\n{report}",
        start.elapsed().as_secs_f64() / 60.0
    );
    Ok(())
}

fn everything(settings: Settings) -> Result<Report, Failure> {
    let mut report = curve::measure(settings)?;
    report.join(exchange::measure()?);
    Ok(report)
}

//! Measures the market's engine beside what it takes the place of: a parser of SQL, a reader of SenML, plain SQL.
//!
//! `bench-market reading`, `answering` and `working` print Markdown; `pack` writes the pack that another reader of SenML
//! reads too, and `nanoseconds` what ours takes for a record of it.

mod aggregate;
mod anonymity;
mod claims;
mod parser;
mod people;
mod senml;

use std::error::Error;

fn main() -> Result<(), Box<dyn Error>> {
    match std::env::args().nth(1).as_deref() {
        Some("pack") => println!("{}", senml::pack()),
        Some("nanoseconds") => senml::nanoseconds()?,
        Some("reading") => {
            parser::measure()?;
            senml::measure()?;
        }
        Some("answering") => {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
            runtime.block_on(async {
                aggregate::measure().await?;
                anonymity::measure().await
            })?;
        }
        Some("working") => {
            let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
            runtime.block_on(claims::measure())?;
        }
        _ => return Err("one of: pack, nanoseconds, reading, answering, working".into()),
    }
    Ok(())
}

/// The best of some rounds, in nanoseconds a call.
fn best(
    rounds: u32,
    calls: u32,
    mut work: impl FnMut() -> Result<(), Box<dyn Error>>,
) -> Result<f64, Box<dyn Error>> {
    let mut best = f64::INFINITY;
    for _ in 0..rounds {
        let began = std::time::Instant::now();
        for _ in 0..calls {
            work()?;
        }
        best = best.min(began.elapsed().as_nanos() as f64 / f64::from(calls));
    }
    Ok(best)
}

//! What nest costs to compile, side by side: the derive against serde's, and nest-core with all that it needs against
//! libpep and serde.
//!
//! ```text
//! bench/build                                              # both, into BENCHMARKS-build.md: some ten minutes
//! cargo run -p nest-bench --bin compile -- --only derive
//! cargo run -p nest-bench --bin compile -- --only dependencies --rounds 1
//! ```

mod cargo;
mod dependencies;
mod derive;

use std::env;

use nest_bench::{Failure, Machine};

fn main() -> Result<(), Failure> {
    let (mut rounds, mut only) = (None, None);
    let mut arguments = env::args().skip(1);
    while let Some(argument) = arguments.next() {
        match (argument.as_str(), arguments.next()) {
            ("--rounds", Some(number)) => rounds = Some(number.parse()?),
            ("--only", Some(part)) if ["derive", "dependencies"].contains(&part.as_str()) => {
                only = Some(part)
            }
            _ => return Err("only --rounds N, --only derive and --only dependencies are known".into()),
        }
    }
    println!(
        "Both sides in turns: medians, and in brackets between which values half lie. {}",
        Machine::here()
    );
    if only.as_deref() != Some("derive") {
        println!("\n## nest-core and all that it needs\n\n{}", dependencies::measure(rounds.unwrap_or(3))?);
    }
    if only.as_deref() != Some("dependencies") {
        println!("\n## The derive\n\n{}", derive::measure(rounds.unwrap_or(7))?);
    }
    Ok(())
}

//! nest-api against the crate that it takes the place of: records and requests per second, and bytes on the wire.
//!
//! ```text
//! cargo run --release -p nest-bench --bin exchange                  # a few minutes
//! cargo run --release -p nest-bench --bin exchange -- --rounds 1    # a look
//! cargo run --release -p nest-bench --bin exchange -- --profile     # where nest's time goes
//! ```

use std::env;
use std::process::ExitCode;

use nest_bench::Failure;
use nest_bench::exchange::{self, Identity, Settings};

fn main() -> Result<ExitCode, Failure> {
    let (mut settings, mut profile) = (Settings::default(), false);
    let mut arguments = env::args().skip(1);
    while let Some(argument) = arguments.next() {
        match argument.as_str() {
            "--profile" => profile = true,
            "--rounds" => settings.rounds = arguments.next().ok_or("how many rounds?")?.parse()?,
            _ => return Err("only --profile and --rounds N are known".into()),
        }
    }
    Identity::with_own(|own| {
        if profile {
            println!("{}", exchange::profile(own, settings)?);
        } else {
            println!("{}", exchange::measure(own, settings)?);
        }
        Ok(())
    })
}

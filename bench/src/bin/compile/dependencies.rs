//! All that has to be built before the first record can be sealed: a crate that uses nest-core alone, and one that uses
//! what nest-core is built on, libpep with the same features and serde's derive.

use std::{env, fs, process};

use nest_bench::{Failure, Table};

use crate::cargo::{Crate, race, workspace};

const NEST: &str = "//! Generated.
use nest_core::prelude::*;

/// One record.
#[derive(PepRecord)]
#[pep(max_blocks = 2)]
pub struct Score {
    /// Whose.
    #[pep(pseudonym)]
    pub who: Pseudonym,
    /// How many.
    #[pep(range = 0..=100)]
    pub points: u8,
}

/// Seals it.
pub fn seal(record: &Score, session: &nest_core::Session) -> Option<nest_core::Sealed<Score>> {
    session.seal(record).ok()
}
";

const LIBPEP: &str = "//! Generated.
use libpep::data::json::{EncryptedPEPJSONValue, PEPJSONValue};
use serde::{Deserialize, Serialize};

/// One record.
#[derive(Serialize, Deserialize)]
pub struct Score {
    /// Whose.
    pub who: String,
    /// How many.
    pub points: u8,
}

/// Seals it.
pub fn seal(record: &PEPJSONValue, session: &libpep::keys::SessionKeys) -> EncryptedPEPJSONValue {
    libpep::client::encrypt(record, session, &mut rand::rng())
}
";

pub(crate) fn measure(rounds: usize) -> Result<String, Failure> {
    let place = env::temp_dir().join(format!("nest-bench-{}", process::id()));
    let measured = (|| {
        let core = workspace().join("nest-core").canonicalize()?;
        let nest = format!("nest-core = {{ path = {core:?} }}\n");
        let libpep = libpep()?;
        let nest = Crate::write(place.join("nest"), "with-nest", &nest, NEST)?;
        let libpep = Crate::write(place.join("libpep"), "with-libpep", &libpep, LIBPEP)?;
        let mut table =
            Table::new(["from nothing", "nest-core", "libpep 0.12 and serde", "nest-core / libpep"]);
        // Before anything is timed: sources are unpacked and locked meanwhile.
        let crates = [nest.crates()?, libpep.crates()?];
        for (name, arguments) in [
            ("`cargo build`, seconds", &["build", "--offline"][..]),
            ("`cargo build --release`, seconds", &["build", "--offline", "--release"]),
        ] {
            eprintln!("dependencies: {name}");
            race(&mut table, name, rounds, [&mut || nest.anew(arguments), &mut || libpep.anew(arguments)])?;
        }
        let ratio = format!("{:.2}", crates[0] as f64 / crates[1] as f64);
        table.row(["crates compiled", &crates[0].to_string(), &crates[1].to_string(), &ratio]);
        Ok(format!(
            "A crate with one record that is sealed, built with everything it depends on; sources are there, nothing \
             is built.\n\n{table}"
        ))
    })();
    // What was built there is of no further use.
    let _ = fs::remove_dir_all(place);
    measured
}

/// The dependencies as the workspace declares them.
fn libpep() -> Result<String, Failure> {
    let manifest = fs::read_to_string(workspace().join("Cargo.toml"))?;
    let lines = ["libpep = ", "rand = ", "serde = "].map(|name| {
        let line = manifest.lines().find(|line| line.starts_with(name));
        line.map(|line| format!("{line}\n")).ok_or(format!("the workspace has no {name}"))
    });
    Ok(lines.into_iter().collect::<Result<_, _>>()?)
}

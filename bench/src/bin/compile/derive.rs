//! The derive: 200 records of 10 fields deriving `PepRecord`, and the same 200 deriving serde's `Serialize` and
//! `Deserialize`.
//!
//! Each is a crate of its own, written to `target/bench-compile`. Dependencies are built before anything is measured;
//! then only the crate itself is compiled again.

use std::env;
use std::fmt::Write as _;
use std::path::PathBuf;

use nest_bench::{Failure, Table};

use crate::cargo::{Crate, race, workspace};

const RECORDS: usize = 200;

/// Ten fields as a study declares them: (attributes for nest, name, type).
const FIELDS: [(&str, &str, &str); 10] = [
    ("pseudonym", "pupil", "Id"),
    ("pseudonym", "teacher", "Id"),
    ("", "class_type", "ClassType"),
    ("", "free_lunch", "bool"),
    ("range = 288..=775, absent = 0", "reading", "Option<u16>"),
    ("range = 288..=775, absent = 0", "math", "Option<u16>"),
    ("decimals = 1, range = -40.0..=60.0", "outdoor_celsius", "f32"),
    ("max_bytes = 15", "remark", "String"),
    ("range = 0..=3", "years", "u8"),
    ("max_len = 4, range = 0..=10", "items", "Vec<u8>"),
];

pub(crate) fn measure(rounds: usize) -> Result<String, Failure> {
    let target = env::var_os("CARGO_TARGET_DIR").map_or_else(|| workspace().join("target"), PathBuf::from);
    let place = target.join("bench-compile");
    let core = workspace().join("nest-core").canonicalize()?;
    let nest = Crate::write(
        place.join("nest"),
        "nest-records",
        &format!("nest-core = {{ path = {core:?} }}\n"),
        &source("use nest_core::prelude::*;\ntype Id = Pseudonym;\n", true),
    )?;
    let serde = Crate::write(
        place.join("serde"),
        "serde-records",
        "serde = { version = \"1\", features = [\"derive\"] }\n",
        &source("use serde::{Serialize, Deserialize};\ntype Id = [u8; 32];\n", false),
    )?;
    let mut table = Table::new(["seconds", "nest", "serde", "nest / serde"]);
    for (name, arguments) in [
        ("`cargo check`", &["check"][..]),
        ("`cargo build`", &["build"]),
        ("`cargo build --release`", &["build", "--release"]),
    ] {
        eprintln!("derive: {name}");
        // The first time the dependencies are built.
        nest.again(arguments)?;
        serde.again(arguments)?;
        race(&mut table, name, rounds, [&mut || nest.again(arguments), &mut || serde.again(arguments)])?;
    }
    let (nest, serde) = (nest.expanded()?, serde.expanded()?);
    let kibibytes = |bytes: usize| (bytes / 1024).to_string();
    let ratio = format!("{:.2}", nest as f64 / serde as f64);
    table.row(["expanded source, KiB", &kibibytes(nest), &kibibytes(serde), &ratio]);
    Ok(format!(
        "{RECORDS} records of {} fields deriving `PepRecord`, and the same deriving serde's `Serialize` and \
         `Deserialize`: what the crate that declares them takes, its dependencies being built.\n\n{table}",
        FIELDS.len()
    ))
}

fn source(head: &str, nest: bool) -> String {
    let mut source = format!("//! Generated.\n#![allow(missing_docs)]\n{head}");
    let (derive, labels) =
        if nest { ("PepRecord", "PepEnum") } else { ("Serialize, Deserialize", "Serialize, Deserialize") };
    let _ = writeln!(source, "#[derive({labels})]\npub enum ClassType {{ Small, Regular, RegularWithAide }}");
    for i in 0..RECORDS {
        let _ = writeln!(source, "#[derive({derive})]");
        if nest {
            source.push_str("#[pep(activity = \"assessment\", max_blocks = 14, max_bits = 172)]\n");
        }
        let _ = writeln!(source, "pub struct Record{i} {{");
        for (attributes, name, ty) in FIELDS {
            if nest && !attributes.is_empty() {
                let _ = writeln!(source, "    #[pep({attributes})]");
            }
            let _ = writeln!(source, "    pub {name}: {ty},");
        }
        source.push_str("}\n");
    }
    source
}

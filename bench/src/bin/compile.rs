//! What the derive costs to compile: 200 records of 10 fields deriving `PepRecord`, and the same 200 deriving
//! serde's `Serialize` and `Deserialize`, alternately, in one run.
//!
//! ```text
//! cargo run -p nest-bench --bin compile
//! ```
//!
//! Each is a crate of its own, written to `target/bench-compile`. Dependencies are built before anything is
//! measured; then only the crate itself is compiled again, several times each, and medians are compared.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};
use std::{env, fs, io};

const RECORDS: usize = 200;
const ROUNDS: usize = 7;

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

struct Contender {
    name: &'static str,
    manifest: String,
    head: &'static str,
    derive: &'static str,
    nest: bool,
}

fn main() -> io::Result<()> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let target = env::var_os("CARGO_TARGET_DIR").map_or_else(|| root.join("target"), PathBuf::from);
    let place = target.join("bench-compile");
    let core = root.join("nest-core").canonicalize()?;
    let contenders = [
        Contender {
            name: "nest",
            manifest: format!("nest-core = {{ path = {core:?} }}"),
            head: "use nest_core::prelude::*;\ntype Id = Pseudonym;\n",
            derive: "PepRecord",
            nest: true,
        },
        Contender {
            name: "serde",
            manifest: "serde = { version = \"1\", features = [\"derive\"] }".to_owned(),
            head: "use serde::{Serialize, Deserialize};\ntype Id = [u8; 32];\n",
            derive: "Serialize, Deserialize",
            nest: false,
        },
    ];
    for contender in &contenders {
        write_crate(&place.join(contender.name), contender)?;
        let lock = place.join(contender.name).join("Cargo.lock");
        fs::copy(root.join("Cargo.lock"), lock)?;
    }
    println!("{RECORDS} records of {} fields, {ROUNDS} rounds each, alternately\n", FIELDS.len());
    println!("| | {} | {} | ratio |", contenders[0].name, contenders[1].name);
    println!("| --- | ---: | ---: | ---: |");
    for (what, arguments) in [
        ("cargo check", &["check"][..]),
        ("cargo build", &["build"]),
        ("cargo build --release", &["build", "--release"]),
    ] {
        let mut times = [Vec::new(), Vec::new()];
        for round in 0..=ROUNDS {
            for (contender, times) in contenders.iter().zip(&mut times) {
                let time = compile(&place.join(contender.name), arguments)?;
                // The first round builds the dependencies.
                if round > 0 {
                    times.push(time);
                }
            }
        }
        let [nest, serde] = times.map(Spread::of);
        println!("| {what} | {nest} | {serde} | {:.2} |", nest.median / serde.median);
    }
    let sizes = contenders.each_ref().map(|contender| expanded(&place.join(contender.name)));
    if let [Ok(nest), Ok(serde)] = sizes {
        let ratio = nest as f64 / serde as f64;
        println!("| expanded source, KiB | {} | {} | {ratio:.2} |", nest / 1024, serde / 1024);
    }
    Ok(())
}

/// Seconds: the median of the rounds, and the smallest and the largest.
struct Spread {
    median: f64,
    least: f64,
    most: f64,
}

impl Spread {
    fn of(mut times: Vec<Duration>) -> Self {
        times.sort();
        let seconds = |time: Option<&Duration>| time.map_or(f64::NAN, Duration::as_secs_f64);
        Self {
            median: seconds(times.get(times.len() / 2)),
            least: seconds(times.first()),
            most: seconds(times.last()),
        }
    }
}

impl std::fmt::Display for Spread {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{:.2} s ({:.2} to {:.2})", self.median, self.least, self.most)
    }
}

fn write_crate(place: &Path, contender: &Contender) -> io::Result<()> {
    let mut source = format!("//! Generated.\n#![allow(missing_docs)]\n{}", contender.head);
    let labels = if contender.nest { "PepEnum" } else { contender.derive };
    let _ = writeln!(source, "#[derive({labels})]\npub enum ClassType {{ Small, Regular, RegularWithAide }}");
    for i in 0..RECORDS {
        let _ = writeln!(source, "#[derive({})]", contender.derive);
        if contender.nest {
            source.push_str("#[pep(activity = \"assessment\", max_blocks = 14)]\n");
        }
        let _ = writeln!(source, "pub struct Record{i} {{");
        for (attributes, name, ty) in FIELDS {
            if contender.nest && !attributes.is_empty() {
                let _ = writeln!(source, "    #[pep({attributes})]");
            }
            let _ = writeln!(source, "    pub {name}: {ty},");
        }
        source.push_str("}\n");
    }
    let manifest = format!(
        "[package]\nname = \"{}-records\"\nversion = \"0.0.0\"\nedition = \"2024\"\n\n[dependencies]\n{}\n\n[workspace]\n",
        contender.name, contender.manifest
    );
    fs::create_dir_all(place.join("src"))?;
    fs::write(place.join("Cargo.toml"), manifest)?;
    fs::write(place.join("src/lib.rs"), source)
}

/// Compiles the crate itself, its dependencies being built, and says how long that took.
fn compile(place: &Path, arguments: &[&str]) -> io::Result<Duration> {
    let source = place.join("src/lib.rs");
    let text = fs::read_to_string(&source)?;
    fs::write(&source, text)?;
    let start = Instant::now();
    let status = cargo(place, arguments).stderr(Stdio::null()).status()?;
    let time = start.elapsed();
    status.success().then_some(time).ok_or_else(|| io::Error::other("a generated crate does not compile"))
}

/// The size of the crate's source after all macros, in bytes.
fn expanded(place: &Path) -> io::Result<usize> {
    let mut command = cargo(place, &["rustc", "--profile", "check", "--", "-Zunpretty=expanded"]);
    // Expansion is shown by nightly compilers only; nothing else here depends on this.
    let output = command.env("RUSTC_BOOTSTRAP", "1").stderr(Stdio::null()).output()?;
    Ok(output.stdout.len())
}

fn cargo(place: &Path, arguments: &[&str]) -> Command {
    let mut command = Command::new(env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    command
        .args(arguments)
        .current_dir(place)
        .env("CARGO_TARGET_DIR", place.join("target"))
        .env("CARGO_INCREMENTAL", "0");
    command
}

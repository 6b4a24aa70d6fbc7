//! Crates that are written to be compiled, and the compiler's time for them.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Instant;
use std::{env, fs};

use nest_bench::{Failure, Spread, Table};

/// A crate of its own, with the versions of this workspace.
pub(crate) struct Crate {
    place: PathBuf,
}

impl Crate {
    /// Writes it.
    pub(crate) fn write(
        place: PathBuf,
        name: &str,
        dependencies: &str,
        source: &str,
    ) -> Result<Self, Failure> {
        let manifest = format!(
            "[package]\nname = \"{name}\"\nversion = \"0.0.0\"\nedition = \"2024\"\n\n\
             [dependencies]\n{dependencies}\n[workspace]\n"
        );
        fs::create_dir_all(place.join("src"))?;
        fs::write(place.join("Cargo.toml"), manifest)?;
        fs::write(place.join("src/lib.rs"), source)?;
        fs::copy(workspace().join("Cargo.lock"), place.join("Cargo.lock"))?;
        Ok(Self { place })
    }

    /// Seconds to compile it, where its dependencies are built.
    pub(crate) fn again(&self, arguments: &[&str]) -> Result<f64, Failure> {
        let source = self.place.join("src/lib.rs");
        let text = fs::read_to_string(&source)?;
        fs::write(&source, text)?;
        self.compile(arguments)
    }

    /// Seconds to compile it with all its dependencies, from nothing but their sources.
    pub(crate) fn anew(&self, arguments: &[&str]) -> Result<f64, Failure> {
        let built = self.place.join("target");
        if built.exists() {
            fs::remove_dir_all(built)?;
        }
        self.compile(arguments)
    }

    fn compile(&self, arguments: &[&str]) -> Result<f64, Failure> {
        let start = Instant::now();
        let output = self.cargo(arguments).output()?;
        let took = start.elapsed().as_secs_f64();
        let said =
            || format!("a generated crate does not compile: {}", String::from_utf8_lossy(&output.stderr));
        if output.status.success() { Ok(took) } else { Err(said().into()) }
    }

    /// How many crates are compiled for it, itself included.
    pub(crate) fn crates(&self) -> Result<usize, Failure> {
        let tree = ["tree", "--offline", "--prefix", "none", "--edges", "normal,build", "--format", "{p}"];
        let output = self.cargo(&tree).output()?;
        let mut crates: Vec<_> =
            std::str::from_utf8(&output.stdout)?.lines().map(|line| line.trim_end_matches(" (*)")).collect();
        crates.sort_unstable();
        crates.dedup();
        Ok(crates.len())
    }

    /// The size of its source after all macros, in bytes.
    pub(crate) fn expanded(&self) -> Result<usize, Failure> {
        let mut command = self.cargo(&["rustc", "--profile", "check", "--", "-Zunpretty=expanded"]);
        // Expansion is shown by nightly compilers only; nothing else here depends on this.
        let output = command.env("RUSTC_BOOTSTRAP", "1").stderr(Stdio::null()).output()?;
        Ok(output.stdout.len())
    }

    fn cargo(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
        command.args(arguments).current_dir(&self.place);
        command.env("CARGO_TARGET_DIR", self.place.join("target")).env("CARGO_INCREMENTAL", "0");
        command
    }
}

/// Where the sources of nest are.
pub(crate) fn workspace() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

/// Both in turns, in seconds, as one row.
pub(crate) fn race(
    table: &mut Table,
    name: &str,
    rounds: usize,
    mut sides: [&mut dyn FnMut() -> Result<f64, Failure>; 2],
) -> Result<(), Failure> {
    let mut times = Vec::new();
    for _ in 0..rounds {
        let [nest, other] = sides.each_mut().map(|side| side());
        times.push((nest?, other?));
    }
    let nest = Spread::of(times.iter().map(|(nest, _)| *nest));
    let other = Spread::of(times.iter().map(|(_, other)| *other));
    let ratio = Spread::of(times.iter().map(|(nest, other)| nest / other));
    table.row([name, &nest.to_string(), &other.to_string(), &ratio.to_string()]);
    Ok(())
}

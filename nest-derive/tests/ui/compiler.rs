//! Compiles many cases in one run of cargo, and sorts the compiler's words by case.
//!
//! Each case is a program of its own, so that one does not change what is said about another. A crate is written that
//! has all of them as binaries, beside the target directory of the workspace; cargo compiles its dependencies once, and
//! goes on behind a case that fails.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::{env, fs};

/// What came of some cases.
pub(crate) struct Outcome {
    /// For each case with errors, these as the compiler writes them.
    pub(crate) errors: BTreeMap<PathBuf, String>,
    /// For each case that was built, the program.
    pub(crate) programs: BTreeMap<PathBuf, PathBuf>,
}

/// Compiles cases as binaries of one crate. The command is `check`, or `build` to link them as well.
pub(crate) fn compile(command: &str, cases: &[PathBuf]) -> Outcome {
    let krate = write_crate(command, cases);
    let mut cargo = Command::new(env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    cargo.current_dir(&krate).args([command, "--bins", "--keep-going", "--message-format=json", "--offline"]);
    // Set for this test, and not meant for what it compiles.
    cargo
        .env_remove("RUSTFLAGS")
        .env_remove("CARGO_ENCODED_RUSTFLAGS")
        .env("CARGO_TARGET_DIR", work("target"));
    let output = cargo.output().unwrap();
    let mut outcome = Outcome { errors: BTreeMap::new(), programs: BTreeMap::new() };
    for line in output.stdout.split(|byte| *byte == b'\n').filter(|line| line.starts_with(b"{")) {
        let message: serde_json::Value = serde_json::from_slice(line).unwrap();
        let path = PathBuf::from(message["target"]["src_path"].as_str().unwrap_or_default());
        match message["reason"].as_str() {
            Some("compiler-message") => {
                let rendered = message["message"]["rendered"].as_str().unwrap_or_default();
                outcome.errors.entry(path).or_default().push_str(&words(rendered));
            }
            Some("compiler-artifact") => {
                if let Some(program) = message["executable"].as_str() {
                    outcome.programs.insert(path, program.into());
                }
            }
            _ => {}
        }
    }
    // A case that cargo never came to would count as one without errors.
    let done = String::from_utf8_lossy(&output.stderr);
    let unknown = outcome.errors.keys().find(|path| !cases.contains(path));
    assert!(unknown.is_none(), "{}", unknown.map(|path| outcome.errors[path].clone()).unwrap_or_default());
    assert!(!outcome.errors.is_empty() || output.status.success(), "{done}");
    outcome
}

/// The crate whose binaries are the cases.
fn write_crate(command: &str, cases: &[PathBuf]) -> PathBuf {
    let workspace = Path::new(env!("CARGO_MANIFEST_DIR")).join("..").canonicalize().unwrap();
    let manifest = fs::read_to_string(workspace.join("Cargo.toml")).unwrap();
    let libpep = manifest.lines().find(|line| line.starts_with("libpep ")).unwrap();
    let profiles = manifest.split_once("[profile.dev.package]").map_or("", |(_, after)| after);
    let profiles = profiles.split("\n[").next().unwrap_or_default();
    let mut text = format!(
        "[package]\nname = \"cases\"\nversion = \"0.0.0\"\nedition = \"2024\"\npublish = false\nautobins = false\n\n\
         [workspace]\n\n[dependencies]\nnest-core = {{ path = {:?} }}\n{libpep}\nserde_json = \"1\"\n\n\
         [profile.dev]\ndebug = 0\nincremental = false\n\n[profile.dev.package]{profiles}\n",
        workspace.join("nest-core"),
    );
    for (i, case) in cases.iter().enumerate() {
        write!(text, "[[bin]]\nname = \"{}\"\npath = {case:?}\n\n", name(i, case)).unwrap();
    }
    let krate = work(command);
    fs::create_dir_all(&krate).unwrap();
    fs::write(krate.join("Cargo.toml"), text).unwrap();
    fs::copy(workspace.join("Cargo.lock"), krate.join("Cargo.lock")).unwrap();
    krate
}

fn name(i: usize, case: &Path) -> String {
    format!("case-{i}-{}", case.file_stem().unwrap_or_default().to_string_lossy())
}

fn work(folder: &str) -> PathBuf {
    Path::new(env!("CARGO_TARGET_TMPDIR")).join("ui").join(folder)
}

/// A message of the compiler, with paths from this crate, and without what differs between machines.
fn words(rendered: &str) -> String {
    let here = format!("{}/", env!("CARGO_MANIFEST_DIR"));
    let workspace = here.trim_end_matches("nest-derive/").to_owned();
    let mut words = String::new();
    let summary = [
        "error: aborting due to",
        "For more information about",
        "Some errors have detailed",
        "warning: ",
        "note: erroneous constant",
    ];
    if summary.iter().any(|start| rendered.trim_start().starts_with(start)) {
        return words;
    }
    // Inside a piece of code of another crate, where lines move.
    let mut foreign = false;
    for line in rendered.trim_end().lines() {
        // The name of a file that this run wrote, and what to do with it.
        if line.contains(".long-type-") || line.contains("consider using `--verbose`") {
            continue;
        }
        let mut line = line.replace(&here, "").replace(&workspace, "$WORKSPACE/");
        if let (Some((arrow, _)), Some((_, path))) =
            (line.split_once("--> "), line.split_once("/registry/src/"))
        {
            // The code of a crate that was fetched: its place and its version differ between machines.
            line = format!("{arrow}--> $REGISTRY/{}", path.split_once('/').map_or(path, |(_, path)| path));
        }
        if line.trim_start().starts_with("--> ") {
            foreign = line.contains("--> $WORKSPACE/");
            if foreign && let Some((path, _)) = line.trim_start().split_once(".rs:") {
                line = format!(" {path}.rs");
            }
        } else if let (true, Some((_, code))) = (foreign, line.split_once('|')) {
            line = format!("  |{code}");
        } else {
            foreign = false;
        }
        let others = line.trim().strip_prefix("and ").and_then(|rest| rest.strip_suffix(" others"));
        if let Some(number) = others {
            line = line.replace(number, "$N");
        }
        words.push_str(line.trim_end());
        words.push('\n');
    }
    words.push('\n');
    words
}

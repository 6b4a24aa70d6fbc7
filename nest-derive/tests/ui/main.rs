//! What the derives refuse, with the words they say it in, and what they accept.
//!
//! - `fail/<rule or mistake>/<case>.rs`: one mistake, with the compiler's words beside it in `<case>.stderr`.
//! - `fail_in_use/<case>.rs`: the same for records with parameters, which are checked where these are known.
//! - `pass/<rule or subject>/<case>.rs`: what compiles, with assertions that run. A case under the name of a rule
//!   shows its repair.
//!
//! `NEST_BLESS=1 cargo test -p nest-derive --test ui` writes the words anew. Read them before you commit:
//! exactly the errors that are meant, at the smallest token, with the rule's name and a repair.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test fails by panicking")]

mod compiler;

use std::path::{Path, PathBuf};
use std::process::Command;
use std::{env, fs};

use nest_rules::Rule;

use crate::compiler::compile;

#[test]
fn what_leaks_does_not_compile() {
    compare("check", &fail_cases());
}

#[test]
fn what_does_not_leak_compiles_and_runs() {
    let cases: Vec<_> = folders("pass").iter().flat_map(|folder| files(folder, "rs")).collect();
    let outcome = compile("build", &cases);
    let failed: Vec<_> =
        outcome.errors.iter().map(|(case, words)| format!("{}\n{words}", case.display())).collect();
    assert!(failed.is_empty(), "{}", failed.join("\n"));
    for case in &cases {
        let output = Command::new(&outcome.programs[case]).output().unwrap();
        assert!(output.status.success(), "{}: {}", case.display(), String::from_utf8_lossy(&output.stderr));
    }
}

#[test]
fn what_leaks_in_use_does_not_build() {
    // Built, not only checked, since that is when these are refused.
    compare("build", &cases("fail_in_use"));
}

/// Compares what the compiler says with what is written beside each case, or writes it there.
fn compare(command: &str, cases: &[PathBuf]) {
    let outcome = compile(command, cases);
    let mut wrong = Vec::new();
    for case in cases {
        let told = case.with_extension("stderr");
        let words = outcome.errors.get(case).map_or("", |words| words.trim_end());
        let expected = fs::read_to_string(&told).unwrap_or_default();
        if words.is_empty() {
            wrong.push(format!("{}: it compiles", case.display()));
        } else if env::var_os("NEST_BLESS").is_some() {
            fs::write(&told, format!("{words}\n")).unwrap();
        } else if words != expected.trim_end() {
            wrong.push(format!(
                "{}: the compiler says\n\n{words}\n\ninstead of\n\n{expected}",
                case.display()
            ));
        }
    }
    let advice = "If that is meant, set NEST_BLESS=1 to write the words anew.";
    assert!(wrong.is_empty(), "{}\n\n{} cases. {advice}", wrong.join("\n\n"), wrong.len());
}

#[test]
fn every_rule_has_cases_a_repair_and_a_section() {
    let guide = fs::read_to_string(here("../docs/leaks.md")).unwrap();
    for rule in Rule::ALL {
        let name = rule.name();
        for kind in ["fail", "pass"] {
            assert!(!cases(&format!("{kind}/{name}")).is_empty(), "no case in tests/{kind}/{name}");
        }
        assert!(guide.lines().any(|line| line == format!("## {name}")), "docs/leaks.md: no section `{name}`");
    }
}

#[test]
fn every_refusal_is_told_once_by_its_rule_and_in_plain_words() {
    for case in fail_cases() {
        let told = case.with_extension("stderr");
        let words = fs::read_to_string(&told).unwrap_or_default();
        assert!(!words.is_empty(), "{} is missing", told.display());
        let errors: Vec<_> = words.lines().filter(|line| line.starts_with("error")).collect();
        let many = case.parent().is_some_and(|folder| folder.ends_with("many"));
        let expected = match (many, case.ends_with("ten-mistakes.rs")) {
            (false, _) => 1,
            (true, false) => 2,
            (true, true) => 10,
        };
        assert_eq!(errors.len(), expected, "{}", told.display());
        for error in errors {
            let (_, message) = error.split_once(": ").unwrap();
            let message = message.trim_start_matches("evaluation panicked: ");
            assert!(!message.starts_with(char::is_uppercase), "{message}");
            assert!(!message.ends_with('.'), "{message}");
            assert!(!message.contains("__private_v1"), "{message}");
            if let Some(rule) = rule_of(&case) {
                assert!(message.contains(&format!("[{}]", rule.name())), "{}: {message}", told.display());
            }
        }
    }
}

#[test]
fn no_words_are_left_of_a_case_that_is_gone() {
    for folder in folders("fail").into_iter().chain([here("tests/fail_in_use")]) {
        for told in files(&folder, "stderr") {
            assert!(told.with_extension("rs").exists(), "{} has no case", told.display());
        }
    }
}

/// The rule under whose name a case stands.
fn rule_of(case: &Path) -> Option<Rule> {
    let folder = case.parent().and_then(Path::file_name);
    Rule::ALL.into_iter().find(|rule| folder.is_some_and(|folder| folder == rule.name()))
}

fn fail_cases() -> Vec<PathBuf> {
    folders("fail").iter().flat_map(|folder| files(folder, "rs")).collect()
}

fn cases(folder: &str) -> Vec<PathBuf> {
    files(&here("tests").join(folder), "rs")
}

fn folders(kind: &str) -> Vec<PathBuf> {
    let entries = fs::read_dir(here("tests").join(kind)).unwrap();
    entries.map(|entry| entry.unwrap().path()).filter(|path| path.is_dir()).collect()
}

fn files(folder: &Path, extension: &str) -> Vec<PathBuf> {
    let Ok(entries) = fs::read_dir(folder) else { return Vec::new() };
    let files = entries.map(|entry| entry.unwrap().path());
    let mut files: Vec<_> =
        files.filter(|path| path.extension().is_some_and(|found| found == extension)).collect();
    files.sort();
    files
}

fn here(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(path)
}

//! The callers of the settings.

use std::collections::BTreeSet;

use nest_core::Domain;

use super::section::Section;
use crate::{Caller, Operation, TokenHash};

const NAME: &str = "a name of 1 to 100 visible ASCII characters";
const HASHES: &str = "SHA-256 hashes of 64 hexadecimal digits, from `printf %s TOKEN | sha256sum`";
const DOMAINS: &str = "names of domains; leave it out to allow all";
const SEGMENTS: &str = "names as they stand in paths, of small letters, digits, `-` and `_`; leave it out to \
                        allow all";

pub(super) fn read(root: &mut Section, faults: &mut Vec<String>) -> Vec<Caller> {
    if !root.has("callers") {
        faults.push("`callers` is missing: write `[[callers]]` with a `name` and `token_hashes`".to_owned());
    }
    let mut callers = Vec::new();
    let mut names = BTreeSet::new();
    let mut hashes: Vec<TokenHash> = Vec::new();
    let sections = root.sections("callers", faults);
    for mut section in sections {
        let name =
            section.required("name", NAME, faults, |name| Domain::new(name).is_ok().then(|| name.to_owned()));
        if !section.has("token_hashes") {
            faults.push(format!("{} is missing: write {HASHES}", section.name("token_hashes")));
        }
        let token_hashes = section.list("token_hashes", HASHES, faults, TokenHash::from_hex);
        let domains = section.list("domains", DOMAINS, faults, |name| Domain::new(name).ok());
        let activities = section.list("activities", SEGMENTS, faults, segment);
        let operations = section.list("operations", &operations_as(), faults, Operation::parse);
        let metrics = section.switch("metrics", faults);
        if metrics && operations.is_some() {
            let key = section.name("operations");
            faults.push(format!("{key} contradicts `metrics`, which allows none: remove one of them"));
        }
        if name.as_ref().is_some_and(|name| !names.insert(name.clone())) {
            faults.push(format!("{} is that of another caller too: rename one", section.name("name")));
        }
        for hash in token_hashes.iter().flatten() {
            if *hash == TokenHash::of("") {
                let key = section.name("token_hashes");
                faults.push(format!(
                    "{key} holds the hash of an empty token: hash the token itself, and see that it is set"
                ));
            }
            if hashes.contains(hash) {
                let key = section.name("token_hashes");
                faults
                    .push(format!("{key} holds a hash that is there twice: give each caller its own token"));
            }
            hashes.push(*hash);
        }
        section.end(faults);
        let (Some(name), Some(token_hashes)) = (name, token_hashes) else { continue };
        let mut tokens = token_hashes.into_iter();
        let Some(first) = tokens.next() else { continue };
        let new = if metrics { Caller::metrics } else { Caller::new };
        let mut caller = tokens.fold(new(&name, first), Caller::token);
        if let Some(domains) = domains {
            caller = caller.only_domains(domains.iter().map(Domain::as_str));
        }
        if let Some(activities) = activities {
            caller = caller.only_activities(activities);
        }
        if let Some(operations) = operations {
            caller = caller.only_operations(operations);
        }
        callers.push(caller);
    }
    callers
}

/// What stands under `operations`.
fn operations_as() -> String {
    let names: Vec<String> = Operation::ALL.iter().map(|operation| format!("`{operation}`")).collect();
    let (last, others) = names.split_last().map_or(("", &[][..]), |(last, others)| (last.as_str(), others));
    format!("some of {} and {last}; leave it out to allow all", others.join(", "))
}

fn segment(name: &str) -> Option<String> {
    let fits = |byte: u8| matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'-' | b'_');
    (matches!(name.len(), 1..=64) && name.bytes().all(fits)).then(|| name.to_owned())
}

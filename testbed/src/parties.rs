//! The parties, and what each may ask. The transcryptors refuse everything that no rule allows.

use libpep::factors::PseudonymizationDomain;
use paas_server::access_rules::{AccessRules, Permission};
use paas_server::auth::token::User;
use rand::distr::{Alphanumeric, SampleString};
use std::collections::{HashMap, HashSet};
use std::io;

/// Letters and digits in a generated token or secret: over 250 bits, so no two are ever the same.
const RANDOM_LENGTH: usize = 43;

/// Somebody with an account at both transcryptors, and the domains in which they know participants.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Party {
    name: String,
    domains: Vec<String>,
}

impl Party {
    /// A party with one domain, called like the party itself.
    ///
    /// `name` may not be empty or hold a `_`: paas-server calls a session `name_random`, and takes what comes before
    /// the first `_` for its owner.
    pub fn new(name: impl Into<String>) -> Self {
        Self { name: name.into(), domains: Vec::new() }
    }

    /// Gives the party this domain. Once it has one, its own name is no longer a domain.
    #[must_use]
    pub fn domain(mut self, domain: impl Into<String>) -> Self {
        self.domains.push(domain.into());
        self
    }

    /// The name of its account.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Its domains, at least one.
    pub fn domains(&self) -> impl Iterator<Item = &str> {
        let own_name = self.domains.is_empty().then_some(self.name.as_str());
        self.domains.iter().map(String::as_str).chain(own_name)
    }
}

impl From<&str> for Party {
    fn from(name: &str) -> Self {
        Self::new(name)
    }
}

/// Permission for one party to transcrypt from one domain to another.
#[derive(Clone, Debug)]
pub(crate) struct Rule {
    pub(crate) party: String,
    pub(crate) from: String,
    pub(crate) to: String,
}

/// Refuses parties and rules that could not work, where the transcryptors themselves would only deny access later.
pub(crate) fn check(parties: &[Party], rules: &[Rule]) -> io::Result<()> {
    let mut names = HashSet::new();
    for party in parties {
        if party.name.is_empty() || party.name.contains('_') {
            return refuse(format!("party name {:?} is empty or holds a `_`", party.name));
        }
        if !names.insert(party.name.as_str()) {
            return refuse(format!("party {:?} is listed twice", party.name));
        }
    }
    let domains: HashSet<&str> = parties.iter().flat_map(Party::domains).collect();
    for rule in rules {
        if !names.contains(rule.party.as_str()) {
            return refuse(format!("a rule names the unknown party {:?}", rule.party));
        }
        for domain in [&rule.from, &rule.to] {
            if !domains.contains(domain.as_str()) {
                return refuse(format!("a rule names the domain {domain:?} of no party"));
            }
        }
    }
    Ok(())
}

fn refuse(why: String) -> io::Result<()> {
    Err(io::Error::new(io::ErrorKind::InvalidInput, why))
}

/// The rules given, or else that every party may transcrypt from any domain to each of its own.
///
/// In PAAS the receiver calls the transcryptors, so this default lets each party read what is sent to it, and no
/// party else. Each party is its own user group.
pub(crate) fn access_rules(parties: &[Party], rules: &[Rule]) -> AccessRules {
    let all: Vec<&str> = parties.iter().flat_map(Party::domains).collect();
    let allow = if rules.is_empty() {
        parties
            .iter()
            .map(|party| permission(&party.name, &all, &party.domains().collect::<Vec<_>>()))
            .collect()
    } else {
        rules.iter().map(|rule| permission(&rule.party, &[&rule.from], &[&rule.to])).collect()
    };
    AccessRules { allow }
}

fn permission(party: &str, from: &[&str], to: &[&str]) -> Permission {
    let domains = |names: &[&str]| names.iter().map(|name| PseudonymizationDomain::from(name)).collect();
    Permission {
        usergroups: vec![party.to_owned()],
        start: None,
        end: None,
        from: domains(from),
        to: domains(to),
    }
}

/// The bearer tokens of all parties at one transcryptor, by the name of the party.
pub(crate) type Tokens = HashMap<String, String>;

/// Fresh tokens.
pub(crate) fn random_tokens(parties: &[Party]) -> Tokens {
    parties.iter().map(|party| (party.name.clone(), random_text())).collect()
}

/// The accounts that belong to these tokens.
pub(crate) fn users(tokens: &Tokens) -> Vec<User> {
    tokens.iter().map(|(party, token)| User::new(party, vec![party], vec![token])).collect()
}

/// A random text, for a token or a secret.
pub(crate) fn random_text() -> String {
    Alphanumeric.sample_string(&mut rand::rng(), RANDOM_LENGTH)
}

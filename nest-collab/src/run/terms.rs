//! What all parties of a run agree about. Its hash stands in the header of every message.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

use crate::envelope::{SizeClass, TermsHash};
use crate::identity::{OrgName, RunName};

/// One step of a run.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StepTerms {
    /// Its number, from 1 to 32,767.
    pub number: u16,
    /// Its name.
    pub name: String,
    /// The size that its messages are padded to.
    pub class: SizeClass,
}

/// One field that a run reads.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FieldTerms {
    /// Its name.
    pub name: String,
    /// What it is used for: `sum`, `squares`, `histogram` and so on.
    pub used_for: String,
}

/// The terms of a run.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Terms {
    /// The protocol, such as `secure-sum`.
    pub protocol: String,
    /// The name of the run.
    pub name: RunName,
    /// Who started it.
    pub starter: OrgName,
    /// The parties, in order.
    pub parties: Vec<OrgName>,
    /// The steps.
    pub steps: Vec<StepTerms>,
    /// The fields that are read.
    pub fields: Vec<FieldTerms>,
    /// The content fingerprint of each declaration, by its name.
    pub fingerprints: BTreeMap<String, String>,
    /// Everything else that the protocol depends on, such as its mode and threshold.
    pub parameters: BTreeMap<String, String>,
    /// The fewest parties.
    pub minimum_parties: u16,
    /// The fewest people behind any number that leaves.
    pub minimum_people: u32,
    /// The fewest people in a cell of a table that leaves.
    pub minimum_cell: u32,
    /// Whether parties without a pin are trusted on first use.
    pub trust_on_first_use: bool,
    /// Seconds since 1970 after which the run is over.
    pub expires: u64,
}

impl Terms {
    /// The hash: SHA-256 over `nest-collab/terms/1` and the terms as JSON, in the order of their declaration.
    pub fn hash(&self) -> TermsHash {
        let json = serde_json::to_vec(self).unwrap_or_default();
        TermsHash(Sha256::new().chain_update(b"nest-collab/terms/1").chain_update(json).finalize().into())
    }

    /// The size of the messages of a step; `None` where the run has no such step.
    pub fn class(&self, step: u16) -> Option<SizeClass> {
        self.steps.iter().find(|known| known.number == step).map(|step| step.class)
    }

    /// The first term in which others differ, by its name.
    pub fn difference(&self, other: &Self) -> Option<String> {
        let (one, other) = (serde_json::to_value(self).ok()?, serde_json::to_value(other).ok()?);
        let (one, other) = (one.as_object()?, other.as_object()?);
        let differs = |name: &&String| one.get(*name) != other.get(*name);
        let name = one.keys().chain(other.keys()).find(differs)?;
        // A parameter is named itself.
        let inner = one.get(name).and_then(|value| value.as_object());
        let (Some(inner), Some(theirs)) = (inner, other.get(name).and_then(|value| value.as_object())) else {
            return Some(name.clone());
        };
        let differs = |inner_name: &&String| inner.get(*inner_name) != theirs.get(*inner_name);
        inner.keys().chain(theirs.keys()).find(differs).map(|inner_name| format!("{name}.{inner_name}"))
    }
}

#[cfg(test)]
pub(crate) fn example(parties: &[&str]) -> Terms {
    let parties: Vec<OrgName> = parties.iter().map(|name| OrgName::new(name).unwrap()).collect();
    Terms {
        protocol: "secure-sum".to_owned(),
        name: RunName::new("patients").unwrap(),
        starter: parties[0].clone(),
        parties,
        steps: vec![StepTerms { number: 1, name: "round".to_owned(), class: SizeClass::SMALLEST }],
        fields: vec![FieldTerms { name: "visits".to_owned(), used_for: "sum".to_owned() }],
        fingerprints: BTreeMap::from([("Patient".to_owned(), "00".to_owned())]),
        parameters: BTreeMap::from([("mode".to_owned(), "ring".to_owned())]),
        minimum_parties: 3,
        minimum_people: 10,
        minimum_cell: 5,
        trust_on_first_use: false,
        expires: 4_000_000_000,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_term_that_differs_is_named() {
        let terms = example(&["a", "b", "c"]);
        assert_eq!(terms.difference(&terms.clone()), None);
        let mut other = terms.clone();
        other.parameters.insert("mode".to_owned(), "pairwise".to_owned());
        assert_eq!(terms.difference(&other).as_deref(), Some("parameters.mode"));
        assert_ne!(terms.hash(), other.hash());
        let mut other = terms.clone();
        other.minimum_people = 9;
        assert_eq!(terms.difference(&other).as_deref(), Some("minimum_people"));
        assert_ne!(terms.hash(), other.hash());
    }
}

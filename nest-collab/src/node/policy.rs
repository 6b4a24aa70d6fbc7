//! Which runs a node takes part in.

use std::collections::BTreeSet;
use std::path::Path;

use serde::Deserialize;

use crate::error::CollabError;
use crate::identity::OrgName;
use crate::run::Terms;

/// Which runs a node takes part in. Everything is refused that it does not name.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Policy {
    /// The organisations that this one computes with.
    pub peers: BTreeSet<OrgName>,
    /// The protocols, such as `secure-sum`.
    pub protocols: BTreeSet<String>,
    /// The steps, by name; without any, all steps of the protocols.
    #[serde(default)]
    pub steps: BTreeSet<String>,
    /// The fields that may be read; `*` stands for all of the manifest.
    pub fields: BTreeSet<String>,
    /// The fewest parties of a run.
    #[serde(default = "three")]
    pub minimum_parties: u16,
    /// The fewest records that this party has to have.
    #[serde(default = "one")]
    pub minimum_records: u64,
    /// The fewest people behind any number that leaves.
    #[serde(default = "ten")]
    pub minimum_people: u32,
    /// The fewest people in a cell of a table that leaves.
    #[serde(default = "five")]
    pub minimum_cell: u32,
    /// The most runs in 24 hours.
    #[serde(default = "twenty")]
    pub runs_a_day: u32,
    /// Whether the starter may trust organisations without a pin on first use.
    #[serde(default)]
    pub trust_on_first_use: bool,
    /// Whether a run may ask for no minimum at all: for made-up data only.
    #[serde(default)]
    pub synthetic: bool,
}

const fn three() -> u16 {
    3
}

const fn one() -> u64 {
    1
}

const fn ten() -> u32 {
    10
}

const fn five() -> u32 {
    5
}

const fn twenty() -> u32 {
    20
}

impl Policy {
    /// Reads a policy, a file in TOML.
    ///
    /// # Errors
    ///
    /// [`CollabError::Settings`].
    pub fn file(path: &Path) -> Result<Self, CollabError> {
        let wrong = |what: String| CollabError::Settings(format!("the policy {}: {what}", path.display()));
        let text = std::fs::read_to_string(path).map_err(|error| wrong(error.kind().to_string()))?;
        toml::from_str(&text).map_err(|error| wrong(error.message().to_owned()))
    }

    /// Whether this organisation takes part in a run of these terms, after so many others in the last 24 hours.
    ///
    /// # Errors
    ///
    /// [`CollabError::Refused`] that names what is not allowed.
    pub fn check(&self, me: &OrgName, terms: &Terms, runs: u32) -> Result<(), CollabError> {
        let refuse = |what: String| Err(CollabError::Refused(format!("the policy of `{me}` {what}")));
        if !self.protocols.contains(&terms.protocol) {
            return refuse(format!("does not allow the protocol `{}`", terms.protocol));
        }
        if let Some(peer) = terms.parties.iter().find(|peer| *peer != me && !self.peers.contains(peer)) {
            return refuse(format!("does not allow the peer `{peer}`"));
        }
        let step = terms.steps.iter().find(|step| !self.steps.is_empty() && !self.steps.contains(&step.name));
        if let Some(step) = step {
            return refuse(format!("does not allow the step `{}`", step.name));
        }
        let all = self.fields.contains("*");
        if let Some(field) = terms.fields.iter().find(|field| !all && !self.fields.contains(&field.name)) {
            return refuse(format!("does not allow the field `{}`", field.name));
        }
        let parties = u16::try_from(terms.parties.len()).unwrap_or(u16::MAX);
        if parties < self.minimum_parties || terms.minimum_parties < self.minimum_parties {
            return refuse(format!("asks for {} parties or more", self.minimum_parties));
        }
        let (people, cell) = if self.synthetic { (0, 0) } else { (self.minimum_people, self.minimum_cell) };
        if terms.minimum_people < people {
            return refuse(format!("asks for {people} people or more behind a number"));
        }
        if terms.minimum_cell < cell {
            return refuse(format!("asks for {cell} people or more in a cell"));
        }
        if terms.trust_on_first_use && !self.trust_on_first_use {
            return refuse("does not allow a starter that trusts the relay on first use".to_owned());
        }
        if runs >= self.runs_a_day {
            return refuse(format!("allows {} runs in 24 hours", self.runs_a_day));
        }
        Ok(())
    }

    /// Whether this party has enough records.
    ///
    /// # Errors
    ///
    /// [`CollabError::Refused`].
    pub fn check_records(&self, me: &OrgName, records: u64) -> Result<(), CollabError> {
        if records < self.minimum_records {
            let least = self.minimum_records;
            return Err(CollabError::Refused(format!(
                "the policy of `{me}` asks for {least} own records or more, and there are fewer"
            )));
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::run::{StepTerms, Terms};

    fn policy() -> Policy {
        toml::from_str("peers = ['b', 'c']\nprotocols = ['secure-sum']\nfields = ['visits']").unwrap()
    }

    #[test]
    fn each_rule_is_named_where_it_refuses() {
        let me = OrgName::new("a").unwrap();
        let terms = crate::run::example(&["a", "b", "c"]);
        policy().check(&me, &terms, 0).unwrap();
        type Change = fn(&mut Terms);
        let refused: [(&str, Change); 8] = [
            ("protocol `psi`", |terms| terms.protocol = "psi".to_owned()),
            ("peer `d`", |terms| terms.parties.push(OrgName::new("d").unwrap())),
            ("field `salary`", |terms| terms.fields[0].name = "salary".to_owned()),
            ("3 parties", |terms| drop(terms.parties.pop())),
            ("3 parties", |terms| terms.minimum_parties = 2),
            ("10 people", |terms| terms.minimum_people = 9),
            ("5 people or more in a cell", |terms| terms.minimum_cell = 4),
            ("first use", |terms| terms.trust_on_first_use = true),
        ];
        for (word, change) in refused {
            let mut terms = terms.clone();
            change(&mut terms);
            let error = policy().check(&me, &terms, 0).unwrap_err();
            assert!(error.to_string().contains(word), "{error}");
            assert_eq!(error.exit_code(), 1);
        }
        assert!(policy().check(&me, &terms, 20).unwrap_err().to_string().contains("20 runs"));
        let mut steps = policy();
        steps.steps.insert("other".to_owned());
        assert!(steps.check(&me, &terms, 0).unwrap_err().to_string().contains("step `round`"));
        let step = StepTerms { name: "other".to_owned(), ..terms.steps[0].clone() };
        steps.check(&me, &Terms { steps: vec![step], ..terms.clone() }, 0).unwrap();
        let synthetic = Policy { synthetic: true, ..policy() };
        synthetic.check(&me, &Terms { minimum_people: 0, minimum_cell: 0, ..terms }, 0).unwrap();
        assert!(Policy { minimum_records: 5, ..policy() }.check_records(&me, 4).is_err());
    }
}

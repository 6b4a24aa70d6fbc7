//! The first questions to a person: how well each kind of data must be protected.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use nest_rules::{CUSTOM, LOGICAL_TYPES};
use serde::Serialize;

use super::{Defaults, Level, Meaning, Profile};
use crate::catalogue::Catalogue;

/// The answers: a level for each logical type. What is not answered keeps what was shown first.
pub type Answers = BTreeMap<String, Level>;

/// One question of the wizard.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Choice {
    /// The logical type: `medical`.
    pub logical: String,
    /// The attributes of the catalogue that it is about, as queries write them.
    pub attributes: Vec<String>,
    /// What is selected before the person answers: never below high.
    pub preselected: Level,
    /// What can be chosen, the strictest first, each with its numbers.
    pub levels: Vec<Meaning>,
}

/// An answer about a logical type that the catalogue does not have.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WizardError {
    /// The logical type.
    pub logical: String,
}

impl fmt::Display for WizardError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "`{}` is no logical type: it is one of {}, or begins with `{CUSTOM}`",
            self.logical,
            LOGICAL_TYPES.join(", ")
        )
    }
}

impl std::error::Error for WizardError {}

/// The questions for a catalogue: one for each logical type that it has.
///
/// A level is no secret: being asked by a query that allows only low levels tells that one's own is low.
pub fn wizard(catalogue: &Catalogue, profile: &Profile) -> Vec<Choice> {
    let attributes = || catalogue.sources().iter().flat_map(|source| source.attributes());
    let logical: BTreeSet<&str> = attributes().filter_map(|attribute| attribute.logical()).collect();
    let suggested = Defaults::suggested();
    let question = |logical: &str| Choice {
        logical: logical.to_owned(),
        attributes: attributes()
            .filter(|attribute| attribute.logical() == Some(logical))
            .map(|attribute| attribute.label())
            .collect(),
        preselected: suggested.of(logical),
        levels: [Level::DONT_SHARE, Level::HIGH, Level::MEDIUM, Level::LOW]
            .map(|level| profile.meaning(level))
            .into(),
    };
    logical.into_iter().map(question).collect()
}

impl Defaults {
    /// The defaults that a person's answers come to.
    ///
    /// # Errors
    /// An answer is about something that is no logical type.
    pub fn from_answers(answers: &Answers) -> Result<Self, WizardError> {
        let mut defaults = Self::suggested();
        for (logical, level) in answers {
            if !nest_rules::is_logical(logical) {
                return Err(WizardError { logical: logical.clone() });
            }
            defaults.set(logical, *level);
        }
        Ok(defaults)
    }
}

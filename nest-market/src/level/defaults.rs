//! The level at which a source's attributes begin, by how sensitive they are.

use std::collections::BTreeMap;

use nest_rules::LOGICAL_TYPES;
use serde::{Deserialize, Serialize};

use super::Level;
use crate::catalogue::Attribute;

/// A person's level for each logical type. What is not in it is not shared.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Defaults {
    levels: BTreeMap<String, Level>,
}

impl Defaults {
    /// Nothing is shared: so it is until a person has decided.
    pub fn nothing_shared() -> Self {
        Self::default()
    }

    /// What the wizard shows first: high for every logical type that all projects share, and nothing of the others.
    pub fn suggested() -> Self {
        Self { levels: LOGICAL_TYPES.iter().map(|logical| ((*logical).to_owned(), Level::HIGH)).collect() }
    }

    /// Sets the level of a logical type.
    pub fn set(&mut self, logical: &str, level: Level) {
        self.levels.insert(logical.to_owned(), level);
    }

    /// The level of a logical type.
    pub fn of(&self, logical: &str) -> Level {
        self.levels.get(logical).copied().unwrap_or_default()
    }

    /// The level at which an attribute begins. One that declares no logical type is not shared.
    pub fn of_attribute(&self, attribute: &Attribute) -> Level {
        attribute.logical().map_or(Level::DONT_SHARE, |logical| self.of(logical))
    }

    /// Every level that was set.
    pub fn iter(&self) -> impl Iterator<Item = (&str, Level)> {
        self.levels.iter().map(|(logical, level)| (logical.as_str(), *level))
    }
}

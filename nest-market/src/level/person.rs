//! All levels of one person.

use std::collections::BTreeMap;

use super::{Defaults, Level};
use crate::catalogue::{Attribute, Source};

/// The levels of one person, for each attribute of each source. What is not in it is not shared.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Levels {
    levels: BTreeMap<String, BTreeMap<String, Level>>,
}

impl Levels {
    /// Nothing is shared.
    pub fn new() -> Self {
        Self::default()
    }

    /// The level of an attribute. One that is new to the person is not shared.
    pub fn of(&self, attribute: &Attribute) -> Level {
        let levels = self.levels.get(attribute.source());
        levels.and_then(|levels| levels.get(attribute.name())).copied().unwrap_or_default()
    }

    /// The strictest level of several attributes: that at which a query about all of them treats the person.
    pub fn strictest<'c>(&self, attributes: impl IntoIterator<Item = &'c Attribute>) -> Level {
        attributes.into_iter().map(|attribute| self.of(attribute)).max().unwrap_or_default()
    }

    /// Sets the level of an attribute.
    pub fn set(&mut self, source: &str, attribute: &str, level: Level) {
        self.levels.entry(source.to_owned()).or_default().insert(attribute.to_owned(), level);
    }

    /// Sets every attribute of a source that the person adds to their defaults, where they have not decided already.
    pub fn begin(&mut self, source: &Source, defaults: &Defaults) {
        let levels = self.levels.entry(source.name().to_owned()).or_default();
        for attribute in source.attributes() {
            levels.entry(attribute.name().to_owned()).or_insert_with(|| defaults.of_attribute(attribute));
        }
    }

    /// Sets every attribute of these sources to one level.
    pub fn set_all<'c>(&mut self, sources: impl IntoIterator<Item = &'c Source>, level: Level) {
        for source in sources {
            for attribute in source.attributes() {
                self.set(source.name(), attribute.name(), level);
            }
        }
    }

    /// Forgets a source.
    pub fn remove(&mut self, source: &str) {
        self.levels.remove(source);
    }

    /// Every level that was set: source, attribute, level.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &str, Level)> {
        self.levels.iter().flat_map(|(source, levels)| {
            levels.iter().map(move |(name, level)| (source.as_str(), name.as_str(), *level))
        })
    }
}

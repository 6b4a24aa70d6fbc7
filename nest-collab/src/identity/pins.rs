//! Which fingerprint each other organisation has: what a person compared, and not what the relay says.

use std::collections::BTreeMap;
use std::fs;
use std::io::Write as _;
use std::path::Path;

use serde::Deserialize;

use super::{OrgId, OrgName};
use crate::error::CollabError;

/// The pinned fingerprints of other organisations.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Pins {
    pins: BTreeMap<OrgName, OrgId>,
    first_use: bool,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    #[serde(default)]
    pins: BTreeMap<OrgName, String>,
}

impl Pins {
    /// These pins.
    pub fn new(pins: impl IntoIterator<Item = (OrgName, OrgId)>) -> Self {
        Self { pins: pins.into_iter().collect(), first_use: false }
    }

    /// Reads a file of pins.
    ///
    /// # Errors
    ///
    /// [`CollabError::Settings`] where there is none or it cannot be read: without pins nothing is sent.
    pub fn file(path: &Path) -> Result<Self, CollabError> {
        let wrong = |what: String| CollabError::Settings(format!("the pins in {}: {what}", path.display()));
        let text = fs::read_to_string(path).map_err(|error| wrong(error.kind().to_string()))?;
        let file: File = toml::from_str(&text).map_err(|error| wrong(error.message().to_owned()))?;
        let mut pins = BTreeMap::new();
        for (name, digits) in file.pins {
            let id = OrgId::read(&digits).map_err(|rule| wrong(format!("`{name}`: {rule}")))?;
            pins.insert(name, id);
        }
        Ok(Self { pins, first_use: false })
    }

    /// Trusts, for organisations without a pin, the first identity that the relay names.
    ///
    /// # Privacy
    ///
    /// A relay that lies at that first time reads everything that is sent to that organisation. The terms of each run
    /// say that a party trusts so.
    pub fn trust_on_first_use(self) -> Self {
        Self { first_use: true, ..self }
    }

    /// Whether organisations without a pin are trusted on first use.
    pub fn trusts_on_first_use(&self) -> bool {
        self.first_use
    }

    /// The fingerprint of an organisation.
    pub fn get(&self, name: &OrgName) -> Option<OrgId> {
        self.pins.get(name).copied()
    }

    /// The organisation of a fingerprint.
    pub fn name_of(&self, id: OrgId) -> Option<&OrgName> {
        self.pins.iter().find(|(_, pinned)| **pinned == id).map(|(name, _)| name)
    }

    /// All pins.
    pub fn iter(&self) -> impl Iterator<Item = (&OrgName, OrgId)> {
        self.pins.iter().map(|(name, id)| (name, *id))
    }

    /// Adds the pin of an organisation. `false` where there is another one.
    #[must_use]
    pub fn add(&mut self, name: OrgName, id: OrgId) -> bool {
        *self.pins.entry(name).or_insert(id) == id
    }

    /// Adds a pin to a file, which is made where there is none.
    ///
    /// # Errors
    ///
    /// [`CollabError::Refused`] where the organisation is pinned to another fingerprint.
    pub fn pin(path: &Path, name: &OrgName, id: OrgId) -> Result<(), CollabError> {
        let wrong =
            |error: std::io::Error| CollabError::Settings(format!("{}: {}", path.display(), error.kind()));
        let known = if path.exists() { Self::file(path)? } else { Self::default() };
        match known.get(name) {
            Some(pinned) if pinned == id => return Ok(()),
            Some(_) => {
                return Err(CollabError::Refused(format!(
                    "`{name}` is pinned to another fingerprint: ask them by telephone why it changed, and remove the \
                     old line from {} by hand where they tell you to",
                    path.display()
                )));
            }
            None => {}
        }
        let head = if path.exists() { "" } else { "[pins]\n" };
        let mut file = fs::OpenOptions::new().create(true).append(true).open(path).map_err(wrong)?;
        file.write_all(format!("{head}{name} = \"{id}\"\n").as_bytes())
            .and_then(|()| file.sync_all())
            .map_err(wrong)
    }
}

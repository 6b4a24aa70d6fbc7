//! The settings of a node.

use std::path::{Path, PathBuf};

use serde::Deserialize;
use sha2::{Digest as _, Sha256};

use crate::envelope::CollabId;
use crate::error::CollabError;
use crate::identity::{Org, OrgName, Pins, read_private};
use crate::relay::{Collaboration, HttpRelay};

use super::Policy;

/// The settings of a node, a file in TOML. Files that it names are beside it.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NodeConfig {
    /// The file of keys.
    pub keys: PathBuf,
    /// The file of pins.
    pub pins: PathBuf,
    /// The file of the policy.
    pub policy: PathBuf,
    /// The folder of the node's state.
    pub state: PathBuf,
    /// The URL of the relay.
    pub relay: String,
    /// The file of the token for the relay.
    pub token: PathBuf,
    /// The certificate of the authority that signed the relay's, in PEM; without it, the well-known ones.
    #[serde(default)]
    pub authority: Option<PathBuf>,
    /// The parties of the collaboration, in order. The first one starts its runs.
    pub parties: Vec<OrgName>,
    /// Whether organisations without a pin are trusted on first use.
    #[serde(default)]
    pub trust_on_first_use: bool,
}

impl NodeConfig {
    /// Reads the settings.
    ///
    /// # Errors
    ///
    /// [`CollabError::Settings`].
    pub fn load(path: &Path) -> Result<Self, CollabError> {
        let wrong = |what: String| CollabError::Settings(format!("{}: {what}", path.display()));
        let text = std::fs::read_to_string(path).map_err(|error| wrong(error.kind().to_string()))?;
        let mut config: Self = toml::from_str(&text).map_err(|error| wrong(error.message().to_owned()))?;
        let folder = path.parent().unwrap_or(Path::new("."));
        for file in
            [&mut config.keys, &mut config.pins, &mut config.policy, &mut config.state, &mut config.token]
        {
            *file = folder.join(&file);
        }
        config.authority = config.authority.map(|file| folder.join(file));
        Ok(config)
    }

    /// The organisation.
    ///
    /// # Errors
    ///
    /// As [`Org::load`].
    pub fn org(&self) -> Result<Org, CollabError> {
        Org::load(&self.keys)
    }

    /// The pins.
    ///
    /// # Errors
    ///
    /// As [`Pins::file`].
    pub fn pins(&self) -> Result<Pins, CollabError> {
        let pins = Pins::file(&self.pins)?;
        Ok(if self.trust_on_first_use { pins.trust_on_first_use() } else { pins })
    }

    /// The policy.
    ///
    /// # Errors
    ///
    /// As [`Policy::file`].
    pub fn policy(&self) -> Result<Policy, CollabError> {
        Policy::file(&self.policy)
    }

    /// The relay.
    ///
    /// # Errors
    ///
    /// As [`HttpRelay::new`].
    pub fn relay(&self) -> Result<HttpRelay, CollabError> {
        let token = read_private(&self.token)?.trim().to_owned().into();
        let authority = self.authority.as_ref().map(std::fs::read).transpose().map_err(|error| {
            CollabError::Settings(format!(
                "the certificate of the authority cannot be read: {}",
                error.kind()
            ))
        })?;
        HttpRelay::new(&self.relay, token, authority.as_deref())
    }

    /// The collaboration. Its number follows from the names of its parties, so that all of them have the same one.
    pub fn collaboration(&self) -> Collaboration {
        let names: Vec<&str> = self.parties.iter().map(OrgName::as_str).collect();
        let hash = Sha256::new().chain_update(b"nest-collab/collaboration/1").chain_update(names.join(","));
        let mut id = [0; 16];
        id.iter_mut().zip(hash.finalize()).for_each(|(to, from)| *to = from);
        Collaboration { id: CollabId(id), parties: self.parties.clone() }
    }
}

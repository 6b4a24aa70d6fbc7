//! A party of a run, with the keys that verified.

use crate::directory::Directory;
use crate::error::CollabError;
use crate::identity::{IdentityKey, OrgId, OrgName, Pins};

/// A party of a run: its pinned identity, and the keys of its nodes and users that the identity signed.
#[derive(Debug, Clone)]
pub struct Party {
    pub(crate) name: OrgName,
    pub(crate) id: OrgId,
    pub(crate) identity: IdentityKey,
    pub(crate) keys: Vec<[u8; 32]>,
}

impl Party {
    /// The party of a name, as the directory and the pins have it.
    ///
    /// # Errors
    ///
    /// As [`Directory::keys`].
    pub fn find(name: &OrgName, directory: &Directory, pins: &Pins) -> Result<Self, CollabError> {
        let (id, identity) = directory.identity(name, pins)?;
        Ok(Self { name: name.clone(), id, identity, keys: directory.keys(name, pins)? })
    }

    /// The name.
    pub fn name(&self) -> &OrgName {
        &self.name
    }
}

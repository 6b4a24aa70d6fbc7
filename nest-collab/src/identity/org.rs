//! An organisation at one of its nodes or users: its name, its identity, and the keys of this node or user.

use std::path::Path;

use serde::Deserialize;
use zeroize::Zeroizing;

use super::{
    DeviceKey, DeviceKeys, DeviceName, Identity, KeyStatement, OrgId, OrgName, read_private, write_private,
};
use crate::error::CollabError;

/// An organisation at one of its nodes or users.
#[derive(Debug)]
pub struct Org {
    name: OrgName,
    device: DeviceName,
    identity: Identity,
    keys: DeviceKeys,
}

/// The file of keys. No `Debug`: it carries secrets.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    name: OrgName,
    device: DeviceName,
    #[serde(deserialize_with = "wiped")]
    identity: Zeroizing<String>,
    keys: Vec<FileKey>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct FileKey {
    epoch: u32,
    #[serde(deserialize_with = "wiped")]
    secret: Zeroizing<String>,
}

impl Org {
    /// A new organisation, with a new identity and a first key.
    ///
    /// # Errors
    ///
    /// As [`Identity::generate`].
    pub fn generate(name: OrgName, device: DeviceName) -> Result<Self, CollabError> {
        Ok(Self::new(name, device, Identity::generate()?, DeviceKeys::generate()))
    }

    /// The organisation with these keys.
    pub fn new(name: OrgName, device: DeviceName, identity: Identity, keys: DeviceKeys) -> Self {
        Self { name, device, identity, keys }
    }

    /// Reads a file of keys.
    ///
    /// # Errors
    ///
    /// As [`read_private`], and [`CollabError::Damaged`] where it is no such file.
    pub fn load(path: &Path) -> Result<Self, CollabError> {
        Self::read(&read_private(path)?).ok_or_else(|| {
            CollabError::Damaged(format!("{} is no file of keys, or is damaged", path.display()))
        })
    }

    fn read(text: &str) -> Option<Self> {
        let file: File = toml::from_str(text).ok()?;
        let identity = Identity::from_seed(secret(&file.identity)?).ok()?;
        let keys: Option<Vec<DeviceKey>> = file
            .keys
            .iter()
            .map(|key| Some(DeviceKey::from_secret(key.epoch, secret(&key.secret)?)))
            .collect();
        Some(Self::new(file.name, file.device, identity, DeviceKeys::new(keys?)?))
    }

    /// Writes a new file of keys, which its owner alone can read.
    ///
    /// # Errors
    ///
    /// As [`write_private`]: a file that is there already is never overwritten.
    pub fn save(&self, path: &Path) -> Result<(), CollabError> {
        let seed = Zeroizing::new(hex::encode(**self.identity.seed()));
        let mut text = Zeroizing::new(format!(
            "# The secret keys of this node or user. Whoever reads them speaks for the organisation.\n\
             name = \"{}\"\ndevice = \"{}\"\nidentity = \"{}\"\n",
            self.name, self.device, *seed
        ));
        for key in self.keys.iter() {
            let secret = Zeroizing::new(hex::encode(**key.secret()));
            text.push_str(&format!("\n[[keys]]\nepoch = {}\nsecret = \"{}\"\n", key.epoch(), *secret));
        }
        write_private(path, text.as_bytes())
    }

    /// The name.
    pub fn name(&self) -> &OrgName {
        &self.name
    }

    /// This node or user.
    pub fn device(&self) -> &DeviceName {
        &self.device
    }

    /// The identity.
    pub fn identity(&self) -> &Identity {
        &self.identity
    }

    /// The fingerprint.
    pub fn id(&self) -> OrgId {
        OrgId::of(&self.name, &self.identity.key())
    }

    /// The keys of this node or user.
    pub fn keys(&self) -> &DeviceKeys {
        &self.keys
    }

    /// Adds a key of the next epoch. It is used once the directory has its statement.
    pub fn advance(&mut self) {
        self.keys.advance();
    }

    /// The signed statement about the newest key of this node or user.
    pub fn statement(&self) -> KeyStatement {
        let newest = self.keys.newest();
        let epoch = newest.map_or(1, DeviceKey::epoch);
        KeyStatement::sign(&self.identity, &self.name, &self.device, epoch, newest.map(|key| *key.public()))
    }
}

fn wiped<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<Zeroizing<String>, D::Error> {
    String::deserialize(deserializer).map(Zeroizing::new)
}

fn secret(digits: &str) -> Option<Zeroizing<[u8; 32]>> {
    let mut secret = Zeroizing::new([0; 32]);
    hex::decode_to_slice(digits, &mut *secret).ok()?;
    Some(secret)
}

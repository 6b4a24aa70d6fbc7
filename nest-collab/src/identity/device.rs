//! The keys of one node or user that messages are sealed to, one for each epoch.

use std::fmt;

use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};
use zeroize::Zeroizing;

use super::signing::hexadecimal;
use crate::envelope::hpke;

/// The number of an X25519 key: the first eight bytes of SHA-256 over `nest-collab/key/1` and the public key.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct KeyId(pub [u8; 8]);

hexadecimal!(KeyId: 8);

impl KeyId {
    /// The number of a public key.
    pub fn of(public: &[u8; 32]) -> Self {
        let hash = Sha256::new().chain_update(b"nest-collab/key/1").chain_update(public).finalize();
        let mut id = [0; 8];
        id.iter_mut().zip(hash).for_each(|(to, from)| *to = from);
        Self(id)
    }
}

/// The key of one epoch.
pub struct DeviceKey {
    epoch: u32,
    secret: Zeroizing<[u8; 32]>,
    public: [u8; 32],
}

impl DeviceKey {
    /// A new key.
    pub fn generate(epoch: u32) -> Self {
        Self::from_secret(epoch, Zeroizing::new(rand::random()))
    }

    /// The key of a secret.
    pub fn from_secret(epoch: u32, secret: Zeroizing<[u8; 32]>) -> Self {
        let public = hpke::public(&secret);
        Self { epoch, secret, public }
    }

    /// The epoch, from 1.
    pub fn epoch(&self) -> u32 {
        self.epoch
    }

    /// The public half.
    pub fn public(&self) -> &[u8; 32] {
        &self.public
    }

    /// The number of the key.
    pub fn id(&self) -> KeyId {
        KeyId::of(&self.public)
    }

    pub(crate) fn secret(&self) -> &Zeroizing<[u8; 32]> {
        &self.secret
    }
}

impl fmt::Debug for DeviceKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "DeviceKey({}, epoch {})", self.id(), self.epoch)
    }
}

/// The keys of one node or user, the newest last. Old ones open messages that were sealed before a change of epoch.
#[derive(Debug)]
pub struct DeviceKeys(Vec<DeviceKey>);

impl DeviceKeys {
    /// A first key.
    pub fn generate() -> Self {
        Self(vec![DeviceKey::generate(1)])
    }

    /// The keys of these epochs; `None` where there is none, or the epochs do not grow.
    pub fn new(keys: Vec<DeviceKey>) -> Option<Self> {
        let grows = keys.is_sorted_by(|one, next| one.epoch < next.epoch);
        (grows && !keys.is_empty()).then_some(Self(keys))
    }

    /// Adds a key of the next epoch.
    pub fn advance(&mut self) {
        let epoch = self.0.last().map_or(0, DeviceKey::epoch);
        self.0.push(DeviceKey::generate(epoch.saturating_add(1)));
    }

    /// The newest key, which others seal to.
    pub fn newest(&self) -> Option<&DeviceKey> {
        self.0.last()
    }

    /// The key of a number.
    pub fn find(&self, id: KeyId) -> Option<&DeviceKey> {
        self.0.iter().find(|key| key.id() == id)
    }

    /// All keys, the newest last.
    pub fn iter(&self) -> impl Iterator<Item = &DeviceKey> {
        self.0.iter()
    }
}

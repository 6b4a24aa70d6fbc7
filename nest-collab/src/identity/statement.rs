//! What an identity says about a key: that messages for the organisation may be sealed to it.

use serde::{Deserialize, Serialize};

use super::{DeviceName, Identity, IdentityKey, KeyId, OrgId, OrgName, Signature};

/// What the signature of a statement is for.
const PURPOSE: &str = "nest-collab/key-statement/1";

/// A key of a node or user, signed by the identity of its organisation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct KeyStatement {
    /// The organisation.
    pub org: OrgName,
    /// Its identity.
    pub identity: IdentityKey,
    /// The node or user.
    pub device: DeviceName,
    /// The epoch of the key, which grows with each statement about the node or user.
    pub epoch: u32,
    /// The X25519 key; absent where the node or user has no key any more.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub key: Option<IdentityKey>,
    /// Signed by the identity.
    pub signature: Signature,
}

impl KeyStatement {
    /// Signs the key of a node or user; `None` for the key takes back the one before.
    pub fn sign(
        identity: &Identity,
        org: &OrgName,
        device: &DeviceName,
        epoch: u32,
        key: Option<[u8; 32]>,
    ) -> Self {
        let mut statement = Self {
            org: org.clone(),
            identity: identity.key(),
            device: device.clone(),
            epoch,
            key: key.map(IdentityKey),
            signature: Signature([0; 64]),
        };
        statement.signature = identity.sign(PURPOSE, &[&statement.bytes()]);
        statement
    }

    /// Whether the identity that it names has signed it. It says nothing about whether that identity is the right one.
    pub fn is_signed(&self) -> bool {
        self.identity.verify(PURPOSE, &[&self.bytes()], &self.signature)
    }

    /// The fingerprint of the organisation that it names.
    pub fn org_id(&self) -> OrgId {
        OrgId::of(&self.org, &self.identity)
    }

    /// The number of its key.
    pub fn key_id(&self) -> Option<KeyId> {
        self.key.map(|key| KeyId::of(&key.0))
    }

    /// What is signed and what the directory hashes: each part, with the lengths of the names before them.
    pub(crate) fn bytes(&self) -> Vec<u8> {
        let (org, device) = (self.org.as_str().as_bytes(), self.device.as_str().as_bytes());
        // Names have at most 40 bytes.
        let length = |name: &[u8]| u8::try_from(name.len()).unwrap_or(u8::MAX);
        let mut bytes = vec![length(org)];
        bytes.extend_from_slice(org);
        bytes.extend_from_slice(&self.identity.0);
        bytes.push(length(device));
        bytes.extend_from_slice(device);
        bytes.extend_from_slice(&self.epoch.to_be_bytes());
        match self.key {
            Some(key) => {
                bytes.push(1);
                bytes.extend_from_slice(&key.0);
            }
            None => bytes.push(0),
        }
        bytes
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_statement_verifies_as_it_was_signed_only() {
        let identity = Identity::generate().unwrap();
        let (org, node) = (OrgName::new("a").unwrap(), DeviceName::new("node").unwrap());
        let statement = KeyStatement::sign(&identity, &org, &node, 1, Some([7; 32]));
        assert!(statement.is_signed());
        let changes: [fn(&mut KeyStatement); 5] = [
            |s| s.org = OrgName::new("b").unwrap(),
            |s| s.device = DeviceName::new("other").unwrap(),
            |s| s.epoch = 2,
            |s| s.key = None,
            |s| s.identity = Identity::generate().unwrap().key(),
        ];
        for change in changes {
            let mut changed = statement.clone();
            change(&mut changed);
            assert!(!changed.is_signed());
        }
        let json = serde_json::to_string(&statement).unwrap();
        assert_eq!(serde_json::from_str::<KeyStatement>(&json).unwrap(), statement);
    }
}

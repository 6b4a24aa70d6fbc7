//! The fingerprint of an organisation: what people compare, and what every message names.

use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

use super::signing::hexadecimal;
use super::{IdentityKey, OrgName};

/// The fingerprint of an identity under a name: SHA-256 over `nest-collab/org/1`, the name, a zero byte and the key.
///
/// It stands for an organisation in every message. People compare it in groups of four digits, see [`OrgId::groups`].
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct OrgId(pub [u8; 32]);

hexadecimal!(OrgId: 32);

impl OrgId {
    /// The fingerprint of this identity under this name.
    pub fn of(name: &OrgName, key: &IdentityKey) -> Self {
        let hash = Sha256::new()
            .chain_update(b"nest-collab/org/1")
            .chain_update(name.as_str())
            .chain_update([0])
            .chain_update(key.0);
        Self(hash.finalize().into())
    }

    /// The digits in groups of four, as people read them to each other.
    pub fn groups(&self) -> String {
        let digits = hex::encode(self.0);
        let groups: Vec<String> =
            digits.as_bytes().chunks(4).map(|four| String::from_utf8_lossy(four).into_owned()).collect();
        groups.join(" ")
    }

    /// The fingerprint of digits, with or without the spaces of [`OrgId::groups`].
    ///
    /// # Errors
    ///
    /// Where it is not 64 hexadecimal digits.
    pub fn read(text: &str) -> Result<Self, &'static str> {
        let digits: String = text.chars().filter(|one| !one.is_whitespace()).collect();
        digits.parse().map_err(|_| "a fingerprint is 64 hexadecimal digits: copy the whole of it")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fingerprint_is_of_a_name_and_a_key() {
        let (a, b) = (OrgName::new("a").unwrap(), OrgName::new("b").unwrap());
        let id = OrgId::of(&a, &IdentityKey([1; 32]));
        assert_ne!(id, OrgId::of(&b, &IdentityKey([1; 32])));
        assert_ne!(id, OrgId::of(&a, &IdentityKey([2; 32])));
        assert_eq!(OrgId::read(&id.groups()), Ok(id));
        assert!(OrgId::read("12").is_err());
    }
}

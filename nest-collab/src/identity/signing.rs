//! The identity of an organisation: one Ed25519 key, which signs its keys and its messages.

use std::fmt;

use aws_lc_rs::signature::{ED25519, Ed25519KeyPair, KeyPair as _, UnparsedPublicKey};
use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

use crate::error::CollabError;

/// The public half of an identity.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct IdentityKey(pub [u8; 32]);

/// A signature of an identity.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Signature(pub [u8; 64]);

/// An identity that can sign. Its key is never printed.
pub struct Identity {
    seed: Zeroizing<[u8; 32]>,
    pair: Ed25519KeyPair,
}

impl Identity {
    /// A new identity.
    ///
    /// # Errors
    ///
    /// [`CollabError::Damaged`] where no key can be made of the bytes, which does not happen.
    pub fn generate() -> Result<Self, CollabError> {
        Self::from_seed(Zeroizing::new(rand::random()))
    }

    /// The identity of a seed.
    ///
    /// # Errors
    ///
    /// [`CollabError::Damaged`] where the seed is none.
    pub fn from_seed(seed: Zeroizing<[u8; 32]>) -> Result<Self, CollabError> {
        let pair = Ed25519KeyPair::from_seed_unchecked(&*seed)
            .map_err(|_| CollabError::Damaged("the identity key cannot be read".to_owned()))?;
        Ok(Self { seed, pair })
    }

    pub(crate) fn seed(&self) -> &Zeroizing<[u8; 32]> {
        &self.seed
    }

    /// The public half.
    pub fn key(&self) -> IdentityKey {
        let mut key = [0; 32];
        key.iter_mut().zip(self.pair.public_key().as_ref()).for_each(|(to, from)| *to = *from);
        IdentityKey(key)
    }

    /// Signs a message for a purpose. A signature for one purpose is none for another.
    pub fn sign(&self, purpose: &str, parts: &[&[u8]]) -> Signature {
        let signature = self.pair.sign(&message(purpose, parts));
        let mut bytes = [0; 64];
        bytes.iter_mut().zip(signature.as_ref()).for_each(|(to, from)| *to = *from);
        Signature(bytes)
    }
}

impl IdentityKey {
    /// Whether this identity signed the message for the purpose.
    pub fn verify(&self, purpose: &str, parts: &[&[u8]], signature: &Signature) -> bool {
        UnparsedPublicKey::new(&ED25519, self.0).verify(&message(purpose, parts), &signature.0).is_ok()
    }
}

fn message(purpose: &str, parts: &[&[u8]]) -> Vec<u8> {
    [&[purpose.as_bytes()], parts].concat().concat()
}

impl fmt::Debug for Identity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Identity").finish_non_exhaustive()
    }
}

/// Bytes that are written as hexadecimal digits in JSON.
macro_rules! hexadecimal {
    ($($name:ident: $bytes:literal),*) => {$(
        impl ::std::fmt::Display for $name {
            fn fmt(&self, f: &mut ::std::fmt::Formatter<'_>) -> ::std::fmt::Result {
                f.write_str(&hex::encode(self.0))
            }
        }

        impl ::std::fmt::Debug for $name {
            fn fmt(&self, f: &mut ::std::fmt::Formatter<'_>) -> ::std::fmt::Result {
                write!(f, "{}({self})", stringify!($name))
            }
        }

        impl std::str::FromStr for $name {
            type Err = &'static str;

            fn from_str(text: &str) -> Result<Self, Self::Err> {
                let mut bytes = [0; $bytes];
                hex::decode_to_slice(text, &mut bytes)
                    .map_err(|_| concat!("expected ", $bytes, " bytes as hexadecimal digits"))?;
                Ok(Self(bytes))
            }
        }

        impl Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.collect_str(self)
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let text = std::borrow::Cow::<'de, str>::deserialize(deserializer)?;
                text.parse().map_err(serde::de::Error::custom)
            }
        }
    )*};
}
pub(crate) use hexadecimal;

hexadecimal!(IdentityKey: 32, Signature: 64);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_signature_fits_one_purpose_and_one_message() {
        let identity = Identity::generate().unwrap();
        let signature = identity.sign("a", &[b"one", b"two"]);
        assert!(identity.key().verify("a", &[b"onetwo"], &signature));
        assert!(!identity.key().verify("b", &[b"onetwo"], &signature));
        assert!(!identity.key().verify("a", &[b"onetwo", b"!"], &signature));
        assert!(!Identity::generate().unwrap().key().verify("a", &[b"onetwo"], &signature));
        assert!(!format!("{identity:?}").contains(&hex::encode(**identity.seed())));
    }
}

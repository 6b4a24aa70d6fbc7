//! Who an organisation is: a name, an identity that signs, keys that messages are sealed to, and pins of the others.
//!
//! The identity is an Ed25519 key. Each node and each user of the organisation has X25519 keys of its own, one for each
//! epoch, which the identity signs. Another organisation is known by the fingerprint of its identity, which two people
//! compare over a way that the relay is not part of.

mod device;
mod file;
mod fingerprint;
mod name;
mod org;
mod pins;
mod signing;
mod statement;
mod transfer;

pub use device::{DeviceKey, DeviceKeys, KeyId};
pub use file::{read_private, write_private};
pub use fingerprint::OrgId;
pub use name::{DeviceName, OrgName, RunName};
pub use org::Org;
pub use pins::Pins;
pub(crate) use signing::hexadecimal;
pub use signing::{Identity, IdentityKey, Signature};
pub use statement::KeyStatement;
pub use transfer::{open_transfer, seal_transfer};

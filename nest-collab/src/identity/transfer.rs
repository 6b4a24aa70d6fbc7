//! How a new node or user of an organisation gets its identity: sealed to the key that the new one made for itself.

use zeroize::Zeroizing;

use super::{DeviceKeys, DeviceName, Identity, Org, OrgName};
use crate::envelope::hpke;
use crate::error::CollabError;

/// What every transfer begins with.
const MAGIC: &[u8; 4] = b"nct1";

/// Seals the identity of an organisation to the X25519 key of a new node or user.
///
/// The bytes are `nct1`, the length of the name in one byte, the name, the encapsulated key (32 bytes) and the sealed
/// seed (48 bytes), which HPKE seals with everything before the encapsulated key as its `info`.
///
/// # Errors
///
/// [`CollabError::Damaged`] where the key is none.
pub fn seal_transfer(org: &Org, to: &[u8; 32]) -> Result<Vec<u8>, CollabError> {
    let head = head(org.name());
    let sealed = hpke::seal(to, &head, &**org.identity().seed());
    let (enc, sealed) = sealed
        .ok_or_else(|| CollabError::Damaged("the key of the new node cannot be sealed to".to_owned()))?;
    Ok([head.as_slice(), &enc, &sealed].concat())
}

/// Opens a transfer with the keys that the new node or user made for itself.
///
/// # Errors
///
/// [`CollabError::Damaged`] where it was sealed to another key or was changed.
pub fn open_transfer(transfer: &[u8], device: DeviceName, keys: DeviceKeys) -> Result<Org, CollabError> {
    let damaged = || CollabError::Damaged("the transfer is for another node, or was changed".to_owned());
    let open = || {
        let (name, rest) = transfer.strip_prefix(MAGIC)?.split_first()?;
        let (name, rest) = rest.split_at_checked(usize::from(*name))?;
        let name = OrgName::new(std::str::from_utf8(name).ok()?).ok()?;
        let (enc, sealed) = rest.split_at_checked(32)?;
        let key = keys.newest()?;
        let seed = hpke::open(key.secret(), enc, &head(&name), sealed)?;
        let seed = Zeroizing::new(<[u8; 32]>::try_from(seed.as_slice()).ok()?);
        Some((name, Identity::from_seed(seed).ok()?))
    };
    let (name, identity) = open().ok_or_else(damaged)?;
    Ok(Org::new(name, device, identity, keys))
}

fn head(name: &OrgName) -> Vec<u8> {
    let name = name.as_str().as_bytes();
    [MAGIC, [u8::try_from(name.len()).unwrap_or(u8::MAX)].as_slice(), name].concat()
}

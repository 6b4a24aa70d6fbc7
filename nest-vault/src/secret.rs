//! The index secret: what people are found by without their pseudonyms.

use hmac::{Hmac, KeyInit as _, Mac as _};
use nest_core::{Domain, Pseudonym};
use sha2::Sha256;
use zeroize::Zeroizing;

use crate::envelope::place::{of_index_secret, parts};
use crate::id::{Deployment, Lookup, RowId};
use crate::master::{MasterKey, derive};

/// Made once for a vault, wrapped by each master key, and the same after a rotation.
#[derive(Clone)]
pub struct IndexSecret {
    people: Zeroizing<[u8; 32]>,
    holds: Zeroizing<[u8; 32]>,
    runs: Zeroizing<[u8; 32]>,
}

impl IndexSecret {
    pub(crate) fn new(secret: &[u8; 32], deployment: Deployment) -> Self {
        let key = |info: &[u8]| {
            let mut key = Zeroizing::new([0; 32]);
            derive(secret, Some(&deployment.0), info, &mut *key);
            key
        };
        Self {
            people: key(b"nest-vault/index/1"),
            holds: key(b"nest-vault/hold/1"),
            runs: key(b"nest-vault/run/1"),
        }
    }

    /// How the person is found whom this domain knows by this pseudonym.
    pub(crate) fn person(&self, domain: &Domain, pseudonym: &Pseudonym) -> Lookup {
        keyed(&self.people, &[domain.as_str().as_bytes(), &pseudonym.to_bytes()])
    }

    /// The number of the key that one row is kept with while it is on hold.
    pub(crate) fn hold(&self, table: &str, row: RowId) -> Lookup {
        keyed(&self.holds, &[table.as_bytes(), &row.0])
    }

    /// The number of the key of one run.
    pub(crate) fn run(&self, run: &str) -> Lookup {
        keyed(&self.runs, &[run.as_bytes()])
    }
}

impl IndexSecret {
    /// The hash of the name of a series.
    pub(crate) fn series(&self, domain: &Domain, name: &str) -> Lookup {
        // A run has one part, so no run has the hash of a series.
        keyed(&self.runs, &[b"series", domain.as_str().as_bytes(), name.as_bytes()])
    }
}

/// The first 16 bytes of an HMAC-SHA-256 over these parts.
fn keyed(key: &[u8; 32], of: &[&[u8]]) -> Lookup {
    let mut lookup = [0; 16];
    // HMAC takes a key of any length.
    if let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(key) {
        mac.update(&parts(of));
        lookup.iter_mut().zip(mac.finalize().into_bytes()).for_each(|(byte, hash)| *byte = hash);
    }
    Lookup(lookup)
}

/// Wraps the index secret with a master key.
pub(crate) fn wrap(secret: &[u8; 32], master: &MasterKey, deployment: Deployment) -> Option<Vec<u8>> {
    let mut text = Zeroizing::new(secret.to_vec());
    let nonce: [u8; 12] = rand::random();
    let data = of_index_secret(deployment, master.id());
    let tag = master.wrapping_key(deployment)?.encrypt(&nonce, &data, &mut text).ok()?;
    Some([&nonce, text.as_slice(), &tag].concat())
}

/// Unwraps what [`wrap`] wrapped; `None` where it was changed.
pub(crate) fn unwrap(
    wrapped: &[u8],
    master: &MasterKey,
    deployment: Deployment,
) -> Option<Zeroizing<[u8; 32]>> {
    let (nonce, rest) = wrapped.split_at_checked(12)?;
    let (text, tag) = rest.split_at_checked(32)?;
    let mut secret = Zeroizing::new(<[u8; 32]>::try_from(text).ok()?);
    let data = of_index_secret(deployment, master.id());
    master.wrapping_key(deployment)?.decrypt(nonce, &data, &mut *secret, tag).ok()?;
    Some(secret)
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use crate::Master;

    #[test]
    fn the_secret_unwraps_with_its_master_and_in_its_deployment_only() {
        let (secret, here) = ([7; 32], Deployment::random());
        let (master, other) = (Master::generate(), Master::generate());
        let (master, other) = (master.keys().next().unwrap(), other.keys().next().unwrap());
        let wrapped = wrap(&secret, master, here).unwrap();
        assert_eq!(*unwrap(&wrapped, master, here).unwrap(), secret);
        assert!(unwrap(&wrapped, other, here).is_none());
        assert!(unwrap(&wrapped, master, Deployment::random()).is_none());
        assert!(unwrap(wrapped.get(..59).unwrap(), master, here).is_none());
    }

    #[test]
    fn a_person_is_another_in_another_domain_and_vault() {
        let anna = Pseudonym::random();
        let (school, clinic) = (Domain::new("school").unwrap(), Domain::new("clinic").unwrap());
        let here = IndexSecret::new(&[7; 32], Deployment([1; 16]));
        let there = IndexSecret::new(&[7; 32], Deployment([2; 16]));
        assert_eq!(here.person(&school, &anna), here.person(&school, &anna));
        assert_ne!(here.person(&school, &anna), here.person(&clinic, &anna));
        assert_ne!(here.person(&school, &anna), there.person(&school, &anna));
        assert_ne!(here.person(&school, &anna), here.person(&school, &Pseudonym::random()));
    }
}

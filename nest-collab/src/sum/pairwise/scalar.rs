//! The secrets of one party for one run: a scalar each, so that they can be shared and found again.

use curve25519_dalek::{MontgomeryPoint, Scalar};
use sha2::{Digest, Sha256};
use zeroize::Zeroizing;

use crate::sum::numbers;

/// A scalar that is uniform but for 2^-256.
pub(crate) fn random_scalar() -> Zeroizing<Scalar> {
    Zeroizing::new(Scalar::from_bytes_mod_order_wide(&numbers::random_bytes::<64>()))
}

/// The X25519 public key (RFC 7748) of a secret.
pub(crate) fn public_key(secret: &Scalar) -> [u8; 32] {
    let bytes = Zeroizing::new(secret.to_bytes());
    MontgomeryPoint::mul_base_clamped(*bytes).to_bytes()
}

/// The X25519 secret that two parties share; `None` where the other's public key is one of small order.
pub(crate) fn shared_secret(secret: &Scalar, public: &[u8; 32]) -> Option<Zeroizing<[u8; 32]>> {
    let bytes = Zeroizing::new(secret.to_bytes());
    let shared = Zeroizing::new(MontgomeryPoint(*public).mul_clamped(*bytes).to_bytes());
    (*shared != [0; 32]).then_some(shared)
}

/// What a party says about its own mask before it is opened, so that nobody can open another one.
pub(crate) fn commitment(run: &[u8; 16], party: u16, own_mask: &Scalar) -> [u8; 32] {
    let mut hash = Sha256::new();
    hash.update(b"nest-collab/sum/own-mask/1");
    hash.update(run);
    hash.update(party.to_be_bytes());
    hash.update(*Zeroizing::new(own_mask.to_bytes()));
    hash.finalize().into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_sides_share_one_secret() {
        let (a, b) = (random_scalar(), random_scalar());
        assert_eq!(shared_secret(&a, &public_key(&b)), shared_secret(&b, &public_key(&a)));
        assert!(shared_secret(&a, &[0; 32]).is_none());
        // A point of order 8 (RFC 7748 leaves its check to the protocol).
        let mut small = [0; 32];
        small[0] = 1;
        assert!(shared_secret(&a, &small).is_none());
    }
}

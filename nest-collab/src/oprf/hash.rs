//! Hashing to points and to scalars: `expand_message_xmd` of RFC 9380 with SHA-512, and the tags of RFC 9497.

use curve25519_dalek::ristretto::RistrettoPoint;
use curve25519_dalek::scalar::Scalar;
use sha2::{Digest, Sha512};

/// The mode of the function. Outputs of one mode are not those of the other.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Mode {
    /// Outputs are not verified.
    Base,
    /// Every evaluation comes with a proof that it was made with the announced key.
    Verifiable,
}

impl Mode {
    /// `contextString` of RFC 9497, section 3.1.
    pub(super) fn context(self) -> Vec<u8> {
        let mode = match self {
            Mode::Base => 0,
            Mode::Verifiable => 1,
        };
        [b"OPRFV1-".as_slice(), &[mode], b"-ristretto255-SHA512"].concat()
    }

    /// A tag of this mode.
    pub(super) fn tag(self, name: &str) -> Vec<u8> {
        [name.as_bytes(), &self.context()].concat()
    }

    /// The point that an input stands for; that of the identity has no input that anybody knows.
    pub(super) fn point(self, input: &[u8]) -> RistrettoPoint {
        RistrettoPoint::from_uniform_bytes(&expand(&[input], &self.tag("HashToGroup-")))
    }

    /// The scalar that bytes stand for, under a tag.
    pub(super) fn scalar(self, parts: &[&[u8]], tag: &[u8]) -> Scalar {
        Scalar::from_bytes_mod_order_wide(&expand(parts, tag))
    }
}

/// 64 bytes of a message: one block of SHA-512, so that there is one round only.
fn expand(parts: &[&[u8]], tag: &[u8]) -> [u8; 64] {
    // Every tag of this crate has fewer than 256 bytes.
    let tag_len = [u8::try_from(tag.len()).unwrap_or(u8::MAX)];
    let mut first = Sha512::new();
    first.update([0; 128]);
    parts.iter().for_each(|part| first.update(part));
    first.update([0, 64, 0]);
    first.update(tag);
    first.update(tag_len);
    let mut second = Sha512::new();
    second.update(first.finalize());
    second.update([1]);
    second.update(tag);
    second.update(tag_len);
    second.finalize().into()
}

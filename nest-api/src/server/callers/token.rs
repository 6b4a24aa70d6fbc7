//! Bearer tokens. Only their hashes are kept.

use std::fmt;

use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;

/// The SHA-256 hash of a bearer token.
///
/// The hash of a random token does not let its reader call. A random token is 16 bytes or more from a cryptographic
/// generator, in hex or base64. A word that somebody chose can be found by trying.
///
/// ```
/// use nest_api::TokenHash;
///
/// // $ openssl rand -hex 32 | tee token | tr -d '\n' | sha256sum
/// let hash = TokenHash::from_hex("9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08");
/// assert_eq!(hash, Some(TokenHash::of("test")));
/// ```
#[derive(Clone, Copy)]
pub struct TokenHash([u8; 32]);

impl TokenHash {
    /// The hash of this token.
    pub fn of(token: &str) -> Self {
        Self(Sha256::digest(token.as_bytes()).into())
    }

    /// Whether both are the same. The time does not tell where they differ.
    pub(crate) fn same_as(&self, other: &Self) -> subtle::Choice {
        self.0.ct_eq(&other.0)
    }

    /// The hash as 64 hexadecimal digits; `None` for anything else.
    pub fn from_hex(hex: &str) -> Option<Self> {
        let digits = hex.as_bytes();
        let mut hash = [0; 32];
        if digits.len() != 64 {
            return None;
        }
        for (byte, pair) in hash.iter_mut().zip(digits.chunks_exact(2)) {
            *byte = pair.iter().try_fold(0, |sum: u8, digit| {
                let digit = char::from(*digit).to_digit(16)?;
                Some(sum * 16 + u8::try_from(digit).ok()?)
            })?;
        }
        Some(Self(hash))
    }
}

impl PartialEq for TokenHash {
    fn eq(&self, other: &Self) -> bool {
        self.same_as(other).into()
    }
}

impl Eq for TokenHash {}

impl fmt::Debug for TokenHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("TokenHash(…)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_hash_is_read_whole_and_never_shown() {
        let hash = TokenHash::of("1");
        assert_eq!(format!("{hash:?}"), "TokenHash(…)");
        for text in ["", "9f", &"9".repeat(63), &"9".repeat(65), &"g".repeat(64), &"+9".repeat(32)] {
            assert_eq!(TokenHash::from_hex(text), None, "{text}");
        }
    }
}

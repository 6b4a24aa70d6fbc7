//! Who may call: named callers with bearer tokens, of which only hashes are kept.

use std::fmt;
use std::sync::Arc;

use sha2::{Digest, Sha256};
use subtle::{Choice, ConstantTimeEq};

/// The SHA-256 hash of a bearer token.
///
/// Whoever reads it cannot call with it, as long as the token was random: 16 bytes or more from a
/// cryptographic generator, in hex or base64. A word that somebody chose can be found by trying.
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
        self.0.ct_eq(&other.0).into()
    }
}

impl Eq for TokenHash {}

impl fmt::Debug for TokenHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("TokenHash(…)")
    }
}

/// Somebody who may call: a name of your choice, for logs and for [`Context`](crate::Context), and a token.
#[derive(Debug, Clone)]
pub struct Caller {
    name: Arc<str>,
    token: TokenHash,
}

impl Caller {
    /// The caller of that name, with that token.
    pub fn new(name: &str, token: TokenHash) -> Self {
        Self { name: name.into(), token }
    }

    /// The name.
    pub fn name(&self) -> &str {
        &self.name
    }
}

/// All who may call.
#[derive(Debug, Default)]
pub(crate) struct Callers(Vec<Caller>);

impl Callers {
    pub(crate) fn add(&mut self, caller: Caller) {
        self.0.push(caller);
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Whether two have one name or one token.
    pub(crate) fn have_duplicates(&self) -> bool {
        self.0.iter().enumerate().any(|(i, caller)| {
            self.0.iter().skip(i + 1).any(|other| caller.name == other.name || caller.token == other.token)
        })
    }

    /// The name of the caller with this token. It takes as long for every token, whether right or wrong.
    pub(crate) fn identify(&self, token: &str) -> Option<Arc<str>> {
        let TokenHash(hash) = TokenHash::of(token);
        let mut found = None;
        for caller in &self.0 {
            let same: Choice = caller.token.0.ct_eq(&hash);
            if same.into() {
                found = Some(Arc::clone(&caller.name));
            }
        }
        found
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn callers(names_and_tokens: &[(&str, &str)]) -> Callers {
        let mut callers = Callers::default();
        for (name, token) in names_and_tokens {
            callers.add(Caller::new(name, TokenHash::of(token)));
        }
        callers
    }

    #[test]
    fn a_caller_is_known_by_the_whole_token_only() {
        let callers = callers(&[("nest", "token-1"), ("other", "token-2")]);
        assert_eq!(callers.identify("token-1").as_deref(), Some("nest"));
        assert_eq!(callers.identify("token-2").as_deref(), Some("other"));
        for token in ["", "token-", "token-11", "TOKEN-1", "token-3"] {
            assert_eq!(callers.identify(token), None, "{token}");
        }
    }

    #[test]
    fn a_name_or_token_twice_is_noticed() {
        assert!(!callers(&[("a", "1"), ("b", "2")]).have_duplicates());
        assert!(callers(&[("a", "1"), ("b", "2"), ("a", "3")]).have_duplicates());
        assert!(callers(&[("a", "1"), ("b", "2"), ("c", "1")]).have_duplicates());
    }

    #[test]
    fn a_hash_is_not_shown() {
        assert_eq!(
            format!("{:?}", Caller::new("nest", TokenHash::of("1"))),
            "Caller { name: \"nest\", token: TokenHash(…) }"
        );
    }
}

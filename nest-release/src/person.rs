//! Who a budget belongs to: an opaque token, so that the ledger of budgets is no list of pseudonyms.

use std::fmt;

/// Stands for one person in the budget, and nowhere else.
///
/// Make it with a keyed hash of the person's pseudonym, such as HMAC-SHA-256 with a key that only this purpose has.
/// The holder of the database of budgets then learns how often a person was counted, but not who that is.
///
/// It shows nothing of itself: `Debug` prints no byte of it.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct PersonToken([u8; 32]);

impl PersonToken {
    /// The token of these bytes.
    pub const fn from_bytes(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    pub(crate) fn to_vec(self) -> Vec<u8> {
        self.0.to_vec()
    }

    pub(crate) fn from_slice(bytes: &[u8]) -> Option<Self> {
        bytes.try_into().ok().map(Self)
    }
}

impl fmt::Debug for PersonToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("PersonToken(..)")
    }
}

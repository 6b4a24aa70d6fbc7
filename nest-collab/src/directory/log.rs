//! The entries of the log, and how each is chained to the one before.

use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

use crate::identity::{KeyStatement, hexadecimal};

/// The hash of an entry: SHA-256 over `nest-collab/log/1`, its number in eight bytes, the hash of the entry before, the
/// bytes of the statement and its signature.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct EntryHash(pub [u8; 32]);

hexadecimal!(EntryHash: 32);

/// The newest entry of a log. Number 0 is the empty log, whose hash is 32 zero bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Head {
    /// Its number.
    pub number: u64,
    /// Its hash.
    pub hash: EntryHash,
}

impl Head {
    /// The head of the empty log.
    pub const EMPTY: Self = Self { number: 0, hash: EntryHash([0; 32]) };
}

/// An entry of the log.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Entry {
    /// Its number, from 1.
    pub number: u64,
    /// The hash of the entry before.
    pub previous: EntryHash,
    /// What was signed.
    pub statement: KeyStatement,
}

impl Entry {
    /// The entry after a head.
    pub fn after(head: Head, statement: KeyStatement) -> Self {
        Self { number: head.number.saturating_add(1), previous: head.hash, statement }
    }

    /// The head of a log that ends with this entry.
    pub fn head(&self) -> Head {
        let hash = Sha256::new()
            .chain_update(b"nest-collab/log/1")
            .chain_update(self.number.to_be_bytes())
            .chain_update(self.previous.0)
            .chain_update(self.statement.bytes())
            .chain_update(self.statement.signature.0);
        Head { number: self.number, hash: EntryHash(hash.finalize().into()) }
    }

    /// Whether it follows a head.
    pub fn follows(&self, head: Head) -> bool {
        head.number.checked_add(1) == Some(self.number) && self.previous == head.hash
    }
}

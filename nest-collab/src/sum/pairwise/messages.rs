//! What the parties of pairwise masks tell each other, and what they sign.

use curve25519_dalek::Scalar;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

/// Signs and verifies with the identities of the organisations.
///
/// A signature is made over a message that names its purpose, the run and its terms, so that it fits nowhere else.
pub trait Signatures {
    /// Signs with the identity of this party.
    fn sign(&self, message: &[u8]) -> Vec<u8>;

    /// Whether the identity of a party made the signature. The party is given by its place in the run.
    fn verify(&self, party: usize, message: &[u8], signature: &[u8]) -> bool;
}

/// The first message, to each other party: a run key, and shares of both secrets. No `Debug`: it carries shares.
#[derive(Clone, Serialize, Deserialize)]
pub struct Keys {
    pub(crate) public: [u8; 32],
    pub(crate) commitment: [u8; 32],
    pub(crate) signature: Vec<u8>,
    /// The receiver's share of the sender's run key.
    pub(crate) key_share: Scalar,
    /// The receiver's share of the sender's own mask.
    pub(crate) mask_share: Scalar,
}

/// The second message, to the starter: whose first messages arrived.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Heard {
    pub(crate) parties: Vec<u16>,
}

/// The starter's answer: who takes part.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Roster {
    pub(crate) parties: Vec<u16>,
}

/// The third message, to each other party: the masked numbers, and the roster for which they were masked.
#[derive(Clone, Serialize, Deserialize)]
pub struct Masked {
    pub(crate) roster: [u8; 32],
    pub(crate) numbers: Vec<u64>,
}

/// The starter's proposal: whose masked numbers are summed.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Survivors {
    pub(crate) parties: Vec<u16>,
}

/// The fourth message, to each survivor: a signature of the list of survivors.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Signed {
    pub(crate) signature: Vec<u8>,
}

/// The fifth message: shares of the own masks of survivors, and of the run keys of those who dropped out.
///
/// No `Debug`: it carries shares.
#[derive(Clone, Serialize, Deserialize)]
pub struct Shares {
    pub(crate) mask_shares: Vec<(u16, Scalar)>,
    pub(crate) key_shares: Vec<(u16, Scalar)>,
}

/// What a party signs to say that a run key is its own.
pub(crate) fn key_statement(
    run: &[u8; 16],
    terms: &[u8; 32],
    party: u16,
    public: &[u8; 32],
    commitment: &[u8; 32],
) -> Vec<u8> {
    [b"nest-collab/sum/run-key/1".as_slice(), run, terms, &party.to_be_bytes(), public, commitment].concat()
}

/// What a party signs to say whose numbers are summed.
pub(crate) fn survivor_statement(
    run: &[u8; 16],
    terms: &[u8; 32],
    roster: &[u16],
    survivors: &[u16],
) -> Vec<u8> {
    let mut statement = [b"nest-collab/sum/survivors/1".as_slice(), run, terms].concat();
    for list in [roster, survivors] {
        statement.extend_from_slice(&(list.len() as u64).to_be_bytes());
        list.iter().for_each(|party| statement.extend_from_slice(&party.to_be_bytes()));
    }
    statement
}

/// The hash of a roster.
pub(crate) fn roster_hash(run: &[u8; 16], terms: &[u8; 32], roster: &[u16]) -> [u8; 32] {
    let mut hash = Sha256::new();
    hash.update(b"nest-collab/sum/roster/1");
    hash.update(survivor_statement(run, terms, roster, &[]));
    hash.finalize().into()
}

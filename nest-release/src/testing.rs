//! What the tests of this crate share.

use nest_core::prelude::*;
use rand::SeedableRng;
use rand::rngs::StdRng;

use crate::PersonToken;

#[derive(Debug, Clone, Copy, PartialEq, Eq, PepEnum)]
pub(crate) enum Ward {
    North,
    South,
    West,
}

#[derive(PepRecord)]
#[pep(max_blocks = 9, max_bits = 149)]
pub(crate) struct Visit {
    #[pep(pseudonym)]
    patient: Pseudonym,
    #[pep(range = 0..=120, absent = 121)]
    age: Option<u8>,
    /// In tenths of a kilogram.
    #[pep(range = 0.0..=300.0, decimals = 1)]
    weight: f64,
    #[pep(range = 0..=100)]
    score: u8,
    ward: Ward,
    smoker: bool,
    #[pep(max_bytes = 15)]
    remark: String,
}

/// A person of the tests.
pub(crate) fn person(number: u64) -> PersonToken {
    let mut bytes = [0xa5; 32];
    bytes[..8].copy_from_slice(&number.to_be_bytes());
    PersonToken::from_bytes(bytes)
}

/// Draws that are the same in every run, for tests of statistics only.
pub(crate) fn seeded(seed: u64) -> StdRng {
    StdRng::seed_from_u64(seed)
}

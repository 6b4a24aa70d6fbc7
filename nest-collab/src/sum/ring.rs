//! The ring: the classic protocol, in which a masked total goes round once.
//!
//! The first party adds a random number to its own, each party adds its own and passes the result on, and the first
//! party subtracts the random number at the end. It takes one message for each party, and all parties have to be there.
//!
//! Each party sees one number, which is uniform and tells nothing. The two neighbours of a party together learn what it
//! added. Where that is not acceptable, use [pairwise masks](super::pairwise).

use zeroize::Zeroizing;

use super::local::SumVector;
use super::numbers;

/// The random number of the first party. It stays in the store of the run until the total is back.
pub(crate) struct RingMask(Zeroizing<Vec<u64>>);

impl RingMask {
    pub(crate) fn draw(len: usize) -> Self {
        Self(numbers::random(len))
    }

    pub(crate) fn to_bytes(&self) -> Zeroizing<Vec<u8>> {
        Zeroizing::new(numbers::to_bytes(&self.0))
    }

    pub(crate) fn from_bytes(bytes: &[u8], len: usize) -> Option<Self> {
        numbers::from_bytes(bytes, len).map(|numbers| Self(Zeroizing::new(numbers)))
    }

    /// What the first party sends.
    pub(crate) fn start(&self, own: &SumVector) -> Vec<u64> {
        let mut sent = self.0.to_vec();
        numbers::add(&mut sent, own.numbers());
        sent
    }

    /// The total, of what came back to the first party.
    pub(crate) fn finish(self, mut received: Vec<u64>) -> Vec<u64> {
        numbers::subtract(&mut received, &self.0);
        received
    }
}

/// What every other party sends on.
pub(crate) fn pass_on(mut received: Vec<u64>, own: &SumVector) -> Vec<u64> {
    numbers::add(&mut received, own.numbers());
    received
}

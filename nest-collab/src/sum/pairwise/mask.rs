//! Masks: streams of ChaCha20 under keys that are used for one run, one purpose and one pair of parties.

use chacha20::ChaCha20Rng;
use hkdf::Hkdf;
use rand::{Rng, SeedableRng};
use sha2::Sha256;
use zeroize::Zeroizing;

/// A stream of numbers to add or to subtract.
pub(crate) struct Mask(Zeroizing<[u8; 32]>);

impl Mask {
    /// The mask that two parties have in common. Both have the same one, whichever of them makes it.
    pub(crate) fn of_pair(shared: &[u8; 32], run: &[u8; 16], step: u16, one: u16, other: u16) -> Self {
        let (low, high) = (one.min(other).to_be_bytes(), one.max(other).to_be_bytes());
        Self::derived(shared, &[b"nest-collab/sum/pair-mask/1", run, &step.to_be_bytes(), &low, &high])
    }

    /// The mask of one party alone.
    pub(crate) fn of_own(secret: &[u8; 32], run: &[u8; 16], step: u16, party: u16) -> Self {
        Self::derived(
            secret,
            &[b"nest-collab/sum/own-mask/1", run, &step.to_be_bytes(), &party.to_be_bytes()],
        )
    }

    fn derived(secret: &[u8; 32], info: &[&[u8]]) -> Self {
        let mut key = Zeroizing::new([0; 32]);
        // HKDF-SHA-256 gives up to 8,160 bytes: 32 cannot fail.
        let _ = Hkdf::<Sha256>::new(None, secret).expand_multi_info(info, key.as_mut_slice());
        Self(key)
    }

    /// Adds the mask to numbers.
    pub(crate) fn add(&self, numbers: &mut [u64]) {
        let mut stream = ChaCha20Rng::from_seed(*self.0);
        numbers.iter_mut().for_each(|number| *number = number.wrapping_add(stream.next_u64()));
    }

    /// Subtracts the mask from numbers.
    pub(crate) fn subtract(&self, numbers: &mut [u64]) {
        let mut stream = ChaCha20Rng::from_seed(*self.0);
        numbers.iter_mut().for_each(|number| *number = number.wrapping_sub(stream.next_u64()));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_use_has_a_mask_of_its_own() {
        let secret = [7; 32];
        let masks = [
            Mask::of_pair(&secret, &[1; 16], 3, 0, 1),
            Mask::of_pair(&secret, &[2; 16], 3, 0, 1),
            Mask::of_pair(&secret, &[1; 16], 4, 0, 1),
            Mask::of_pair(&secret, &[1; 16], 3, 0, 2),
            Mask::of_own(&secret, &[1; 16], 3, 0),
            Mask::of_own(&secret, &[1; 16], 3, 1),
        ];
        let mut seen = std::collections::HashSet::new();
        for mask in &masks {
            let mut numbers = [0; 4];
            mask.add(&mut numbers);
            assert!(numbers.into_iter().all(|number| seen.insert(number)));
            mask.subtract(&mut numbers);
            assert_eq!(numbers, [0; 4]);
        }
        let (mut there, mut back) = ([0; 2], [0; 2]);
        Mask::of_pair(&secret, &[1; 16], 3, 5, 9).add(&mut there);
        Mask::of_pair(&secret, &[1; 16], 3, 9, 5).add(&mut back);
        assert_eq!(there, back);
    }
}

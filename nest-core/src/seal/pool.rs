//! Masks: the part of an encryption that does not depend on the message, made ahead of it, while no request waits.

use std::sync::{Mutex, MutexGuard, PoisonError};

use curve25519_dalek::ristretto::RistrettoPoint;
use zeroize::Zeroize;

/// Hides one block, once: for a secret random `t`, the encoding of `2t·G`, and `t·Y` for the public key `Y`.
///
/// Neither `Clone` nor `Copy`: two blocks under one mask would show their difference to anybody. A party that learns a
/// mask can read its block, so it is wiped when it has been used, or is not needed any more.
pub(crate) struct Mask {
    pub(crate) share: [u8; 32],
    pub(crate) half: RistrettoPoint,
}

impl Drop for Mask {
    fn drop(&mut self) {
        self.half.zeroize();
    }
}

/// Masks, each in a place of its own: one that is moved from place to place leaves copies that are not wiped.
#[allow(clippy::vec_box, reason = "the place is what matters")]
pub(crate) type Masks = Vec<Box<Mask>>;

/// Masks that wait to be used, at most so many.
pub(crate) struct Pool {
    masks: Mutex<Masks>,
    most: usize,
}

impl Pool {
    pub(crate) fn new(most: usize) -> Self {
        Self { masks: Mutex::default(), most }
    }

    /// Takes out as many as there are, up to a number.
    pub(crate) fn take(&self, most: usize) -> Masks {
        let mut masks = self.masks();
        let rest = masks.len().saturating_sub(most);
        masks.split_off(rest)
    }

    /// How many more there may be.
    pub(crate) fn room(&self) -> usize {
        self.most.saturating_sub(self.masks().len())
    }

    /// Puts in as many as there is room for, and says how many.
    pub(crate) fn put(&self, new: Masks) -> usize {
        let mut masks = self.masks();
        let before = masks.len();
        let room = self.most.saturating_sub(before);
        masks.extend(new.into_iter().take(room));
        masks.len() - before
    }

    fn masks(&self) -> MutexGuard<'_, Masks> {
        self.masks.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use curve25519_dalek::traits::Identity;

    use super::*;

    fn mask(share: u8) -> Box<Mask> {
        Box::new(Mask { share: [share; 32], half: RistrettoPoint::identity() })
    }

    #[test]
    fn a_pool_holds_no_more_than_its_bound_and_gives_each_mask_once() {
        let pool = Pool::new(5);
        assert_eq!(pool.put((0..3).map(mask).collect()), 3);
        assert_eq!((pool.put((3..9).map(mask).collect()), pool.room()), (2, 0));
        let mut taken = pool.take(4);
        taken.extend(pool.take(4));
        let mut shares: Vec<_> = taken.iter().map(|mask| mask.share).collect();
        shares.sort_unstable();
        assert_eq!(shares, [0, 1, 2, 3, 4].map(|share| [share; 32]));
        assert!(pool.take(1).is_empty());
    }
}

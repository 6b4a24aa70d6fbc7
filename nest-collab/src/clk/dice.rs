//! Filters of 1,024 bits and their similarity, in whole numbers, so that every machine decides alike.

use std::fmt;

/// The words of a filter.
const WORDS: usize = 16;

/// A filter of 1,024 bits. `Debug` shows nothing of it.
#[derive(Clone, PartialEq, Eq)]
pub struct Bits([u64; WORDS]);

impl fmt::Debug for Bits {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Bits(…)")
    }
}

impl Default for Bits {
    fn default() -> Self {
        Self([0; WORDS])
    }
}

impl Bits {
    /// Sets a bit; the place is taken modulo 1,024.
    pub(super) fn set(&mut self, place: u64) {
        let (word, bit) = ((place / 64) as usize % WORDS, place % 64);
        if let Some(word) = self.0.get_mut(word) {
            *word |= 1 << bit;
        }
    }

    /// The filter as numbers, to order filters by.
    pub(super) fn words(&self) -> [u64; WORDS] {
        self.0
    }

    /// How many bits are set.
    pub fn ones(&self) -> u32 {
        self.0.iter().map(|word| word.count_ones()).sum()
    }

    /// How many bits are set in both.
    pub fn common(&self, other: &Self) -> u32 {
        self.0.iter().zip(&other.0).map(|(one, other)| (one & other).count_ones()).sum()
    }
}

/// A similarity from which on two records may be of one person: thousandths of the Dice coefficient.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Threshold(u16);

impl Threshold {
    /// So many thousandths; `None` for none of them, or more than a thousand.
    pub const fn thousandths(number: u16) -> Option<Self> {
        if number == 0 || number > 1_000 { None } else { Some(Self(number)) }
    }

    /// Whether `2·common / (a + b)` reaches the threshold, where `a` and `b` are the bits that are set.
    pub const fn is_reached(self, common: u32, a: u32, b: u32) -> bool {
        a + b > 0 && 2_000 * common as u64 >= self.0 as u64 * (a as u64 + b as u64)
    }

    /// Whether no filters with so many set bits can reach it.
    pub(super) const fn is_out_of_reach(self, a: u32, b: u32) -> bool {
        !self.is_reached(if a < b { a } else { b }, a, b)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn both_sides_of_a_threshold_are_told_apart() {
        let threshold = Threshold::thousandths(800).unwrap();
        // 2·80/200 is 0.8, which a float may miss.
        assert!(threshold.is_reached(80, 100, 100));
        assert!(!threshold.is_reached(79, 100, 100));
        assert!(!threshold.is_reached(0, 0, 0));
        assert_eq!(Threshold::thousandths(0), None);
        assert_eq!(Threshold::thousandths(1_001), None);
    }

    proptest! {
        #[test]
        fn a_lower_threshold_takes_all_that_a_higher_one_takes(a in 0_u32..1_024, b in 0_u32..1_024, part in 0_u32..1_024) {
            let common = part.min(a).min(b);
            let reached: Vec<bool> = (1..=1_000).map(|number| Threshold(number).is_reached(common, a, b)).collect();
            prop_assert!(reached.windows(2).all(|pair| pair[0] || !pair[1]));
            for number in [1, 500, 800, 1_000] {
                let threshold = Threshold(number);
                prop_assert!(!threshold.is_reached(common, a, b) || !threshold.is_out_of_reach(a, b));
            }
        }
    }
}

//! Records as filters: the grams of each field, hashed with the key of the run.

use std::collections::BTreeSet;
use std::fmt;

use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;
use zeroize::Zeroizing;

use super::dice::Bits;
use crate::sum::random_bytes;

/// The key of the filters of one run. The linker never has it.
pub struct RunKey(Zeroizing<[u8; 32]>);

impl RunKey {
    /// A new key.
    pub fn random() -> Self {
        Self(random_bytes())
    }

    /// The key that the parties agreed on.
    pub fn from_bytes(bytes: [u8; 32]) -> Self {
        Self(Zeroizing::new(bytes))
    }
}

/// One field of a record as it goes into a filter.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClkField {
    /// The name, which separates the grams of one field from those of another.
    pub name: String,
    /// How many bits each gram sets.
    pub bits: u8,
}

/// How records become filters: part of the terms of a run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Clk {
    fields: Vec<ClkField>,
}

/// Why filters are not made so.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum ClkError {
    /// Fewer than three fields: the filters of few values give those values away.
    FewFields,
    /// One field sets so many bits that it decides alone.
    OneDecides,
    /// A gram sets 1 to 64 bits.
    Bits,
}

impl fmt::Display for ClkError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            ClkError::FewFields => {
                "a filter of fewer than three fields gives its values away: name at least three"
            }
            ClkError::OneDecides => "one field sets more bits than all others together: give it fewer",
            ClkError::Bits => "a gram sets 1 to 64 bits",
        })
    }
}

impl std::error::Error for ClkError {}

impl Clk {
    /// Filters of these fields.
    ///
    /// # Errors
    ///
    /// A [`ClkError`] where filters of these fields give too much away, or one field decides alone.
    pub fn new(fields: Vec<ClkField>) -> Result<Self, ClkError> {
        if fields.len() < 3 {
            return Err(ClkError::FewFields);
        }
        if fields.iter().any(|field| !(1..=64).contains(&field.bits)) {
            return Err(ClkError::Bits);
        }
        let all: u32 = fields.iter().map(|field| u32::from(field.bits)).sum();
        if fields.iter().any(|field| 2 * u32::from(field.bits) > all) {
            return Err(ClkError::OneDecides);
        }
        Ok(Self { fields })
    }

    /// The filter of a record, by the canonical texts of its fields in their order. A field that is absent sets no bit:
    /// absent is no value that two records could have in common.
    pub fn encode(&self, key: &RunKey, values: &[Option<&str>]) -> Bits {
        let mut bits = Bits::default();
        for (field, value) in self.fields.iter().zip(values) {
            for gram in value.map(grams).unwrap_or_default() {
                places(key, field, &gram).for_each(|place| bits.set(place));
            }
        }
        bits
    }
}

/// The pairs of characters that follow each other, with a mark before the first and after the last.
fn grams(value: &str) -> BTreeSet<String> {
    let marked: Vec<char> = std::iter::once('\u{2}').chain(value.chars()).chain(['\u{3}']).collect();
    if value.is_empty() {
        BTreeSet::new()
    } else {
        marked.windows(2).map(|pair| pair.iter().collect()).collect()
    }
}

/// The places that a gram sets: all of them different, each from its own part of a keyed hash.
///
/// Double hashing has a step that can be zero, and then sets one place only. Here every place is drawn by itself.
fn places(key: &RunKey, field: &ClkField, gram: &str) -> impl Iterator<Item = u64> + use<> {
    let mut found: Vec<u64> = Vec::with_capacity(field.bits.into());
    let mut block = 0_u8;
    while found.len() < usize::from(field.bits) {
        let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(key.0.as_slice()) else { break };
        mac.update(b"nest-collab/clk/1");
        mac.update(&[block]);
        mac.update(&(field.name.len() as u64).to_be_bytes());
        mac.update(field.name.as_bytes());
        mac.update(gram.as_bytes());
        let hash = mac.finalize().into_bytes();
        for pair in hash.as_chunks::<2>().0 {
            // 1,024 divides 65,536: every place is as likely as any other.
            let place = u64::from(u16::from_be_bytes(*pair)) % 1_024;
            if found.len() < usize::from(field.bits) && !found.contains(&place) {
                found.push(place);
            }
        }
        block = block.wrapping_add(1);
    }
    found.into_iter()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn field(name: &str, bits: u8) -> ClkField {
        ClkField { name: name.to_owned(), bits }
    }

    fn clk() -> Clk {
        Clk::new(vec![field("given", 10), field("surname", 10), field("city", 10)]).unwrap()
    }

    #[test]
    fn every_gram_sets_all_of_its_bits() {
        let key = RunKey::random();
        let rounds = if cfg!(debug_assertions) { 20_000 } else { 1_000_000 };
        for number in 0..rounds {
            let places: BTreeSet<u64> = places(&key, &field("given", 15), &format!("{number}")).collect();
            assert_eq!(places.len(), 15);
        }
    }

    #[test]
    fn a_typing_error_changes_little_and_another_name_much() {
        let key = RunKey::random();
        let encode = |given, surname, city| clk().encode(&key, &[given, surname, city]);
        let one = encode(Some("KATHERINE"), Some("JOHNSON"), Some("HAMPTON"));
        let typed = encode(Some("KATHRINE"), Some("JOHNSON"), Some("HAMPTON"));
        let other = encode(Some("DOROTHY"), Some("VAUGHAN"), Some("LANGLEY"));
        let dice = |a: &Bits, b: &Bits| 2_000 * a.common(b) / (a.ones() + b.ones());
        assert!(dice(&one, &typed) > 850, "{}", dice(&one, &typed));
        assert!(dice(&one, &other) < 500, "{}", dice(&one, &other));
        // Another key has other filters, and the same value in another field is another one.
        let elsewhere =
            clk().encode(&RunKey::random(), &[Some("KATHERINE"), Some("JOHNSON"), Some("HAMPTON")]);
        assert!(dice(&one, &elsewhere) < 500);
        assert_ne!(encode(Some("HAMPTON"), None, None), encode(None, None, Some("HAMPTON")));
    }

    #[test]
    fn absent_is_no_agreement() {
        let key = RunKey::random();
        let nobody = clk().encode(&key, &[None, None, None]);
        assert_eq!(nobody.ones(), 0);
        assert_eq!(clk().encode(&key, &[Some(""), None, None]).ones(), 0);
    }

    #[test]
    fn filters_that_give_too_much_away_are_refused() {
        assert_eq!(Clk::new(vec![field("a", 10), field("b", 10)]), Err(ClkError::FewFields));
        assert_eq!(Clk::new(vec![field("a", 30), field("b", 10), field("c", 10)]), Err(ClkError::OneDecides));
        assert_eq!(Clk::new(vec![field("a", 0), field("b", 10), field("c", 10)]), Err(ClkError::Bits));
    }
}

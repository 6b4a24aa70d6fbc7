//! Candidate pairs within blocks, links per record, and one link for each record at most.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::fmt;

use super::dice::{Bits, Threshold};

/// A record as the linker has it.
#[derive(Debug, Clone)]
pub struct Encoded {
    /// The filter.
    pub bits: Bits,
    /// The keyed hashes of its blocking keys, one for each key; `None` where the value is absent, which never blocks.
    pub blocks: Vec<Option<u64>>,
}

/// Two records that may be of one person.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Candidate {
    /// The place of the first side's record.
    pub a: usize,
    /// The place of the second side's record.
    pub b: usize,
    /// The bits that are set in both.
    pub common: u32,
    /// The bits that are set in each, together.
    pub ones: u32,
}

/// A link.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Pair {
    /// The place of the first side's record.
    pub a: usize,
    /// The place of the second side's record.
    pub b: usize,
}

/// What was linked.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Links {
    /// All pairs that reach the threshold, in the order of their places.
    pub candidates: Vec<Candidate>,
    /// How many links each record of the first side has, before any of them is chosen: what rates are estimated from.
    pub per_record: Vec<u32>,
    /// One link for each record at most.
    pub pairs: Vec<Pair>,
}

/// Why nothing was linked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum LinkError {
    /// More pairs than the limit: choose a narrower blocking key, or a higher threshold.
    TooManyCandidates {
        /// The limit.
        limit: usize,
    },
}

impl fmt::Display for LinkError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            LinkError::TooManyCandidates { limit } => write!(
                f,
                "more than {limit} pairs of records are alike: block by a narrower key, or raise the threshold"
            ),
        }
    }
}

impl std::error::Error for LinkError {}

/// Links two sides: all pairs that share a block and reach the threshold, and of them one for each record.
///
/// Pairs are taken from the most alike to the least. Among pairs that are equally alike, those go first whose filters
/// are smaller as numbers, and then their blocking keys. Two records that agree in all of it cannot be told apart, and
/// either may be taken. So the result does not depend on the order of the records.
///
/// # Errors
///
/// [`LinkError::TooManyCandidates`], as soon as there are more than `limit`.
pub fn link(a: &[Encoded], b: &[Encoded], threshold: Threshold, limit: usize) -> Result<Links, LinkError> {
    let ones_of = |side: &[Encoded]| -> Vec<u32> { side.iter().map(|record| record.bits.ones()).collect() };
    let (ones_a, ones_b) = (ones_of(a), ones_of(b));
    let mut blocks: HashMap<(usize, u64), Vec<usize>> = HashMap::new();
    for (place, record) in b.iter().enumerate() {
        for (key, block) in record.blocks.iter().enumerate() {
            if let Some(block) = block {
                blocks.entry((key, *block)).or_default().push(place);
            }
        }
    }
    let (mut candidates, mut per_record) = (Vec::new(), vec![0; a.len()]);
    let mut compared = HashSet::new();
    for (place, record) in a.iter().enumerate() {
        compared.clear();
        let Some(own) = ones_a.get(place).copied() else { continue };
        for (key, block) in record.blocks.iter().enumerate() {
            let others = block.and_then(|block| blocks.get(&(key, block)));
            for other in others.into_iter().flatten().copied() {
                // A pair that shares two blocks is one pair.
                if record.blocks.len() > 1 && !compared.insert(other) {
                    continue;
                }
                let Some((their, theirs)) = b.get(other).zip(ones_b.get(other).copied()) else { continue };
                if threshold.is_out_of_reach(own, theirs) {
                    continue;
                }
                let common = record.bits.common(&their.bits);
                if !threshold.is_reached(common, own, theirs) {
                    continue;
                }
                if candidates.len() == limit {
                    return Err(LinkError::TooManyCandidates { limit });
                }
                candidates.push(Candidate { a: place, b: other, common, ones: own + theirs });
                if let Some(links) = per_record.get_mut(place) {
                    *links += 1;
                }
            }
        }
    }
    candidates.sort_unstable();
    let pairs = solve(&candidates, a, b);
    Ok(Links { candidates, per_record, pairs })
}

/// One link for each record, the most alike first.
fn solve(candidates: &[Candidate], a: &[Encoded], b: &[Encoded]) -> Vec<Pair> {
    let words = |side: &[Encoded], place: usize| {
        side.get(place).map(|record| (record.bits.words(), record.blocks.clone()))
    };
    let mut order: Vec<&Candidate> = candidates.iter().collect();
    order.sort_by(|one, other| {
        // one.common/one.ones against other.common/other.ones, in whole numbers.
        let likeness = (u64::from(other.common) * u64::from(one.ones))
            .cmp(&(u64::from(one.common) * u64::from(other.ones)));
        likeness
            .then_with(|| words(a, one.a).cmp(&words(a, other.a)))
            .then_with(|| words(b, one.b).cmp(&words(b, other.b)))
            .then_with(|| (one.a, one.b).cmp(&(other.a, other.b)))
    });
    let (mut taken_a, mut taken_b) = (HashSet::new(), HashSet::new());
    let mut pairs = BTreeMap::new();
    for candidate in order {
        if !taken_a.contains(&candidate.a) && !taken_b.contains(&candidate.b) {
            taken_a.insert(candidate.a);
            taken_b.insert(candidate.b);
            pairs.insert(candidate.a, candidate.b);
        }
    }
    pairs.into_iter().map(|(a, b)| Pair { a, b }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clk::{Clk, ClkField, RunKey};
    use proptest::prelude::*;

    fn sides(names: &[(u8, u8, u8)]) -> Vec<Encoded> {
        let field = |name: &str| ClkField { name: name.to_owned(), bits: 8 };
        let clk = Clk::new(vec![field("given"), field("surname"), field("city")]).unwrap();
        let key = RunKey::from_bytes([3; 32]);
        let text = |number: u8| format!("NAME{}{}", number / 5, "XY".repeat(usize::from(number % 5)));
        let encode = |(given, surname, city): &(u8, u8, u8)| Encoded {
            bits: clk.encode(&key, &[Some(&text(*given)), Some(&text(*surname)), Some(&text(*city))]),
            blocks: vec![Some(u64::from(city % 3)), (given % 4 > 0).then_some(u64::from(*given % 4))],
        };
        names.iter().map(encode).collect()
    }

    fn threshold(thousandths: u16) -> Threshold {
        Threshold::thousandths(thousandths).unwrap()
    }

    proptest! {
        #[test]
        fn a_lower_threshold_has_all_pairs_of_a_higher_one(
            a in prop::collection::vec((0_u8..20, 0_u8..20, 0_u8..20), 0..20),
            b in prop::collection::vec((0_u8..20, 0_u8..20, 0_u8..20), 0..20),
        ) {
            let (a, b) = (sides(&a), sides(&b));
            let of = |thousandths| link(&a, &b, threshold(thousandths), 10_000).unwrap();
            let all: Vec<Links> = [950, 900, 800, 700].into_iter().map(of).collect();
            for pair in all.windows(2) {
                prop_assert!(pair[0].candidates.iter().all(|candidate| pair[1].candidates.contains(candidate)));
            }
            for links in &all {
                let counted: u32 = links.per_record.iter().sum();
                prop_assert_eq!(counted as usize, links.candidates.len());
            }
        }

        #[test]
        fn the_order_of_records_does_not_matter(
            a in prop::collection::vec((0_u8..20, 0_u8..20, 0_u8..20), 0..14),
            b in prop::collection::vec((0_u8..20, 0_u8..20, 0_u8..20), 0..14),
            turn in any::<prop::sample::Index>(),
        ) {
            // By filters, since records with one filter cannot be told apart.
            let filters = |a: &[Encoded], b: &[Encoded]| {
                let links = link(a, b, threshold(700), 10_000).unwrap();
                let mut pairs: Vec<_> =
                    links.pairs.iter().map(|pair| (a[pair.a].bits.words(), b[pair.b].bits.words())).collect();
                pairs.sort_unstable();
                pairs
            };
            let (a, b) = (sides(&a), sides(&b));
            let (mut other_a, mut other_b) = (a.clone(), b.clone());
            other_a.reverse();
            if !other_b.is_empty() {
                let by = turn.index(other_b.len());
                other_b.rotate_left(by);
            }
            prop_assert_eq!(filters(&a, &b), filters(&other_a, &other_b));
        }
    }

    #[test]
    fn absent_never_blocks() {
        let mut one = sides(&[(1, 1, 1)]);
        one[0].blocks = vec![None, None];
        let links = link(&one, &one, threshold(700), 10).unwrap();
        assert!(links.candidates.is_empty());
    }

    #[test]
    fn too_many_pairs_are_refused_before_they_are_kept() {
        let same: Vec<_> = (0..200).map(|_| (1, 1, 1)).collect();
        let same = sides(&same);
        assert_eq!(
            link(&same, &same, threshold(500), 1_000),
            Err(LinkError::TooManyCandidates { limit: 1_000 })
        );
        let links = link(&same, &same, threshold(500), 40_000).unwrap();
        assert_eq!((links.candidates.len(), links.pairs.len()), (40_000, 200));
    }
}

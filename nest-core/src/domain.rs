//! Small domains: the few values that most fields can have, and the elements of the group that stand for them.
//!
//! To encode 16 bytes as an element costs a tenth of an encryption, to decode them more than one. Where a type has
//! few values, both are looked up: on first use of the type the whole of its domain is computed, and shared by all
//! sessions.
//!
//! # Privacy
//!
//! The domain is computed whole, not value by value, so that no time tells that a value had not been seen before. A
//! look-up itself is not constant-time: its place in memory depends on the value. What could observe that shares the
//! processor with whoever holds the value in clear, as it would with libpep's decoding, whose callers then read the
//! value.

use std::collections::HashMap;
use std::sync::{Arc, LazyLock, Mutex, OnceLock, PoisonError};

use curve25519_dalek::ristretto::RistrettoPoint;
use curve25519_dalek::scalar::Scalar;
use curve25519_dalek::traits::VartimeMultiscalarMul;

use crate::block::{self, Block, FILL, Number};
use crate::grid;
use crate::plain::Plain;
use crate::schema::{ABSENT_CODE, Absent, Type};
use crate::value::{ABSENT_BOOL, absent_blocks};

/// The most values of a domain that is kept for opening: some 20 ms of work, done once.
const MOST_TO_OPEN: u128 = 4_096;

/// The most values of a domain that is kept for sealing. Each costs five times as much as for opening and saves a
/// tenth of it, so a larger domain would be repaid by tens of thousands of records only.
const MOST_TO_SEAL: usize = 1_024;

/// The most values of all domains of this process, some 20 MB. Types beyond it are encoded one by one.
const MOST_OF_ALL: usize = 65_536;

/// The values of one type, and their elements once somebody has asked.
pub(crate) struct Domain {
    values: Vec<Block>,
    /// Whether they are looked up for sealing too. What fills up a text is not: sealing would take less time for it
    /// than for the text.
    to_seal: bool,
    /// The halves of the elements: batches are compressed doubled.
    halves: OnceLock<HashMap<Block, RistrettoPoint>>,
    /// The values by the encoding of their elements' doubles.
    blocks: OnceLock<HashMap<[u8; 32], Block>>,
}

impl Domain {
    fn new(values: Vec<Block>) -> Self {
        Self {
            to_seal: values.len() <= MOST_TO_SEAL,
            values,
            halves: OnceLock::new(),
            blocks: OnceLock::new(),
        }
    }

    /// The domain of a type of one value, with what stands for its absence; `None` where there are too many.
    pub(crate) fn of(ty: &Type, absent: Option<Absent>) -> Option<Arc<Self>> {
        static DOMAINS: LazyLock<Mutex<HashMap<Key, Arc<Domain>>>> = LazyLock::new(Mutex::default);
        let key = Key::of(ty, absent)?;
        let mut domains = DOMAINS.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(domain) = domains.get(&key) {
            return Some(Arc::clone(domain));
        }
        let mut domain = Self::new(key.values());
        domain.to_seal &= key.values != Values::Fill;
        let kept: usize = domains.values().map(|domain| domain.values.len()).sum();
        if kept + domain.values.len() > MOST_OF_ALL {
            return None;
        }
        let domain = Arc::new(domain);
        domains.insert(key, Arc::clone(&domain));
        Some(domain)
    }

    /// Numbers that are expected among those of a wide domain.
    pub(crate) fn of_numbers(numbers: impl IntoIterator<Item = u64>) -> Self {
        let numbers = numbers.into_iter().filter_map(|number| Number::Integer(number.into()).to_block());
        Self::new(numbers.collect())
    }

    /// Computes ahead what the first use would.
    pub(crate) fn prepare(&self) {
        self.halves();
        self.blocks();
    }

    /// Half the element of a value; `None` for what is not in the domain.
    pub(crate) fn half(&self, block: &Block) -> Option<&RistrettoPoint> {
        self.halves().get(block)
    }

    /// The value of an element, by the encoding of the element's double; `None` for what is not in the domain.
    pub(crate) fn block(&self, double: &[u8; 32]) -> Option<Block> {
        self.blocks().get(double).copied()
    }

    fn halves(&self) -> &HashMap<Block, RistrettoPoint> {
        self.halves.get_or_init(|| {
            if !self.to_seal {
                return HashMap::new();
            }
            // (ℓ + 1) / 2, for ℓ the order of the group. Variable time: the values of a type are public.
            let half = (Scalar::ONE + Scalar::ONE).invert();
            let halve =
                |block: &Block| RistrettoPoint::vartime_multiscalar_mul([half], [block::to_point(block)]);
            self.values.iter().map(|block| (*block, halve(block))).collect()
        })
    }

    fn blocks(&self) -> &HashMap<[u8; 32], Block> {
        self.blocks.get_or_init(|| {
            let points: Vec<_> = self.values.iter().map(block::to_point).collect();
            let doubles = RistrettoPoint::double_and_compress_batch(&points);
            doubles.iter().map(|double| double.to_bytes()).zip(self.values.iter().copied()).collect()
        })
    }
}

/// What the values of a domain follow from.
#[derive(Clone, PartialEq, Eq, Hash)]
struct Key {
    values: Values,
    /// What stands for absence, where it depends on the declaration.
    absent: Vec<Block>,
}

#[derive(Clone, PartialEq, Eq, Hash)]
enum Values {
    Bool,
    Integers {
        min: i128,
        max: i128,
    },
    Decimals {
        min: i64,
        max: i64,
        decimals: u8,
    },
    Codes(Vec<u16>),
    /// A text of any content: the blocks that only fill it up.
    Fill,
}

impl Key {
    fn of(ty: &Type, absent: Option<Absent>) -> Option<Self> {
        let values = match *ty {
            Type::Bool => Values::Bool,
            Type::Integer { min, max } => Values::Integers { min, max },
            Type::Time { min, max, .. } => Values::Integers { min: min.into(), max: max.into() },
            Type::Decimal { min, max, decimals } => Values::Decimals { min, max, decimals },
            Type::Enum(schema) => Values::Codes(schema.labels.iter().map(|label| label.code).collect()),
            Type::Text { .. } => Values::Fill,
            _ => return None,
        };
        let last = match values {
            Values::Integers { min, max } => max.abs_diff(min),
            Values::Decimals { min, max, .. } => max.abs_diff(min).into(),
            Values::Codes(ref codes) => codes.len() as u128,
            Values::Bool | Values::Fill => 1,
        };
        let absent = absent.and_then(|absent| absent_blocks(ty, absent).ok()).unwrap_or_default();
        let data = |plain| match plain {
            Plain::Data(block) => Some(block),
            Plain::Pseudonym(_) => None,
        };
        (last < MOST_TO_OPEN).then(|| Self { values, absent: absent.into_iter().filter_map(data).collect() })
    }

    fn values(&self) -> Vec<Block> {
        let mut blocks: Vec<Block> = match self.values {
            Values::Bool => (0..=ABSENT_BOOL).filter_map(|byte| block::pad(&[byte])).collect(),
            Values::Integers { min, max } => {
                (min..=max).filter_map(|value| Number::Integer(value).to_block()).collect()
            }
            Values::Decimals { min, max, decimals } => (min..=max)
                .filter_map(|steps| Number::Float(grid::from_steps(steps, decimals)).to_block())
                .collect(),
            Values::Codes(ref codes) => codes
                .iter()
                .chain([&ABSENT_CODE])
                .filter_map(|code| Number::Integer((*code).into()).to_block())
                .collect(),
            Values::Fill => block::pad(&[]).into_iter().chain([FILL]).collect(),
        };
        blocks.extend(&self.absent);
        blocks
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    const RANGE: Type = Type::Integer { min: -2, max: 2 };

    fn number(value: i128) -> Block {
        Number::Integer(value).to_block().unwrap()
    }

    #[test]
    fn each_value_has_its_element_and_each_element_its_value() {
        let domain = Domain::of(&RANGE, Some(Absent::Number(9))).unwrap();
        assert_eq!(domain.values, [-2, -1, 0, 1, 2, 9].map(number));
        for value in &domain.values {
            let (point, half) = (block::to_point(value), domain.half(value).unwrap());
            assert_eq!(half + half, point);
            assert_eq!(domain.block((point + point).compress().as_bytes()), Some(*value));
        }
        let other = block::to_point(&number(3));
        assert!(domain.half(&number(3)).is_none());
        assert_eq!(domain.block((other + other).compress().as_bytes()), None);
    }

    #[test]
    fn a_domain_is_shared_by_what_has_the_same_values() {
        let range = || Domain::of(&RANGE, None).unwrap();
        assert!(Arc::ptr_eq(&range(), &range()));
        assert!(!Arc::ptr_eq(&range(), &Domain::of(&RANGE, Some(Absent::Number(9))).unwrap()));
    }

    #[test]
    fn what_is_wide_or_no_value_has_no_domain() {
        let range = |max| Type::Integer { min: 0, max };
        assert!(Domain::of(&range(4_095), None).is_some());
        assert!(Domain::of(&range(4_096), None).is_none());
        assert!(Domain::of(&Type::Integer { min: i128::MIN, max: i128::MAX }, None).is_none());
        assert!(Domain::of(&Type::Pseudonym, None).is_none());
        assert!(Domain::of(&range(1_024), None).unwrap().half(&number(0)).is_none());
    }

    /// Or its length would show in how long it takes to seal it.
    #[test]
    fn what_fills_up_a_text_is_sealed_as_the_text_is() {
        let fill = Domain::of(&Type::Text { max_bytes: 31 }, None).unwrap();
        for block in [FILL, block::pad(&[]).unwrap()] {
            assert!(fill.half(&block).is_none());
            let point = block::to_point(&block);
            assert_eq!(fill.block((point + point).compress().as_bytes()), Some(block));
        }
    }
}

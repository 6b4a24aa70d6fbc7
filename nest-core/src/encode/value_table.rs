//! Small domains: the few values that most fields can have, and the elements of the group that stand for them.
//!
//! To encode 16 bytes as an element costs a tenth of an encryption, to decode them more than one. Where a type has
//! few values, both are looked up: on first use of the type the whole of its domain is computed, and shared by all
//! sessions. A table of thousands of values is not computed before as much time was spent on decoding as it takes: a
//! type that is hardly ever opened never pays for it, and one that is opened often pays at most twice.
//!
//! # Privacy
//!
//! A table is computed whole, not value by value, so that no time tells that a value had not been seen before. When a
//! large one is computed tells how often the type was opened in this process, and nothing of what it held. A look-up
//! itself is not constant-time: its place in memory depends on the value. What could observe that shares the
//! processor with the program that holds the value in clear, as it would with libpep's decoding, whose callers then read the
//! value.

use std::collections::HashMap;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, LazyLock, Mutex, OnceLock, PoisonError};

use curve25519_dalek::ristretto::RistrettoPoint;
use curve25519_dalek::scalar::Scalar;
use curve25519_dalek::traits::VartimeMultiscalarMul;

use crate::declare::schema::{Absent, Type};
use crate::encode::block::{self, Block, FILL, Number};
use crate::encode::encoding::all_absent;
use crate::encode::plaintext::Plain;
use nest_schema::grid;

/// The most values of a domain that is kept for opening: some 70 ms of work, done once, and 2 MB.
const MOST_TO_OPEN: u128 = 16_384;

/// The most values of a domain that is computed on first use: some 5 ms to open, and 25 to seal.
const MOST_AT_ONCE: usize = 1_024;

/// As many values take as long to compute as one takes to decode.
const VALUES_A_DECODING: usize = 8;

/// The most values of a domain that is kept for sealing. Each costs five times as much as for opening and saves a
/// tenth of it, so a larger domain would be repaid by tens of thousands of records only.
const MOST_TO_SEAL: usize = 1_024;

/// The most values that are tried one by one: each takes an addition and its share of a compression, and all together
/// they save a decompression.
const MOST_TO_TRY: usize = 5;

/// The most values of all domains of this process, at most some 35 MB. Types beyond it are encoded one by one. Domains
/// that are not computed at once leave a quarter of it to those that are.
const MOST_OF_ALL: usize = 65_536;

/// The values of a domain by the encodings of their elements' doubles.
pub(crate) type Table = HashMap<[u8; 32], Block>;

/// The values of one type, and their elements once somebody has asked.
pub(crate) struct Domain {
    values: Vec<Block>,
    /// Whether they are looked up for sealing too. What fills up a text is not: sealing would take less time for it
    /// than for the text.
    to_seal: bool,
    /// Whether they are tried one by one. What is expected of one batch is not: to halve it takes too long.
    to_try: bool,
    /// Whether the table is worth computing on first use.
    at_once: bool,
    /// The elements' halves: batches are compressed doubled.
    halves: OnceLock<HashMap<Block, RistrettoPoint>>,
    /// In place of both others, where there are few: the values, and the halves of their elements.
    few: OnceLock<Vec<(Block, RistrettoPoint)>>,
    table: OnceLock<Table>,
    /// How many blocks were decoded for want of the table.
    decoded: AtomicUsize,
    /// Held while a thread computes the table.
    computing: Mutex<()>,
}

impl Domain {
    fn new(values: Vec<Block>) -> Self {
        Self {
            to_seal: values.len() <= MOST_TO_SEAL,
            to_try: values.len() <= MOST_TO_TRY,
            at_once: values.len() <= MOST_AT_ONCE,
            values,
            halves: OnceLock::new(),
            few: OnceLock::new(),
            table: OnceLock::new(),
            decoded: AtomicUsize::new(0),
            computing: Mutex::new(()),
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
        let most = if domain.at_once { MOST_OF_ALL } else { MOST_OF_ALL / 4 * 3 };
        if kept + domain.values.len() > most {
            return None;
        }
        let domain = Arc::new(domain);
        domains.insert(key, Arc::clone(&domain));
        Some(domain)
    }

    /// Numbers that are expected among those of a wide domain.
    pub(crate) fn of_numbers(numbers: impl IntoIterator<Item = u64>) -> Self {
        let numbers = numbers.into_iter().filter_map(|number| Number::Integer(number.into()).to_block());
        Self { to_try: false, at_once: true, ..Self::new(numbers.collect()) }
    }

    /// Computes ahead what would be computed once it is worth it.
    pub(crate) fn prepare(&self) {
        if self.few().is_none() {
            self.halves();
            let _computing = self.computing.lock().unwrap_or_else(PoisonError::into_inner);
            self.computed();
        }
    }

    /// Half the element of a value; `None` for what is not in the domain.
    pub(crate) fn half(&self, block: &Block) -> Option<&RistrettoPoint> {
        match self.few() {
            _ if !self.to_seal => None,
            Some(few) => few.iter().find(|(value, _)| value == block).map(|(_, half)| half),
            None => self.halves().get(block),
        }
    }

    /// The values with the halves of their elements, where they are so few that to try each of them takes less time
    /// than a decompression.
    pub(crate) fn few(&self) -> Option<&[(Block, RistrettoPoint)]> {
        let halves = || self.values.iter().map(|block| (*block, half_point(block))).collect();
        self.to_try.then(|| self.few.get_or_init(halves).as_slice())
    }

    /// The table, where there is one or it is worth computing now. A caller that is given none decodes one block, which
    /// counts.
    pub(crate) fn table(&self) -> Option<&Table> {
        if self.at_once {
            return Some(self.computed());
        }
        if let Some(table) = self.table.get() {
            return Some(table);
        }
        let decoded = self.decoded.fetch_add(1, Ordering::Relaxed);
        if decoded < self.values.len() / VALUES_A_DECODING {
            return None;
        }
        // The first thread computes. The others decode meanwhile, and do not wait.
        let _computing = self.computing.try_lock().ok()?;
        Some(self.computed())
    }

    fn computed(&self) -> &Table {
        self.table.get_or_init(|| {
            let mut table = Table::with_capacity(self.values.len());
            // In parts, which stay in the processor's cache.
            for values in self.values.chunks(128) {
                let points: Vec<_> = values.iter().map(block::to_point).collect();
                let doubles = RistrettoPoint::double_and_compress_batch(&points);
                table.extend(doubles.iter().map(|double| double.to_bytes()).zip(values.iter().copied()));
            }
            table
        })
    }

    fn halves(&self) -> &HashMap<Block, RistrettoPoint> {
        let values = if self.to_seal { self.values.as_slice() } else { &[] };
        self.halves.get_or_init(|| values.iter().map(|block| (*block, half_point(block))).collect())
    }
}

fn half_point(block: &Block) -> RistrettoPoint {
    // Variable time: the values of a type are public.
    RistrettoPoint::vartime_multiscalar_mul([*HALF], [block::to_point(block)])
}

/// (ℓ + 1) / 2, for ℓ the order of the group.
pub(crate) static HALF: LazyLock<Scalar> = LazyLock::new(|| (Scalar::ONE + Scalar::ONE).invert());

/// What the values of a domain follow from.
#[derive(Clone, PartialEq, Eq, Hash)]
struct Key {
    values: Values,
    /// What stands for absence, or for each reason for it.
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
    Codes(Vec<i32>),
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
        let absent = absent.and_then(|absent| all_absent(ty, absent).ok()).unwrap_or_default();
        let data = |plain| match plain {
            Plain::Data(block) => Some(block),
            Plain::Pseudonym(_) => None,
        };
        (last < MOST_TO_OPEN)
            .then(|| Self { values, absent: absent.into_iter().flatten().filter_map(data).collect() })
    }

    fn values(&self) -> Vec<Block> {
        let mut blocks: Vec<Block> = match self.values {
            Values::Bool => (0..=1).filter_map(|byte| block::pad(&[byte])).collect(),
            Values::Integers { min, max } => {
                (min..=max).filter_map(|value| Number::Integer(value).to_block()).collect()
            }
            Values::Decimals { min, max, decimals } => (min..=max)
                .filter_map(|steps| Number::Float(grid::from_steps(steps, decimals)).to_block())
                .collect(),
            Values::Codes(ref codes) => {
                codes.iter().filter_map(|code| Number::Integer((*code).into()).to_block()).collect()
            }
            Values::Fill => block::pad(&[]).into_iter().chain([FILL]).collect(),
        };
        for block in &self.absent {
            if !blocks.contains(block) {
                blocks.push(*block);
            }
        }
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

    fn double(block: &Block) -> [u8; 32] {
        let point = block::to_point(block);
        (point + point).compress().to_bytes()
    }

    #[test]
    fn each_value_has_its_element_and_each_element_its_value() {
        let domain = Domain::of(&RANGE, Some(Absent::Number(9))).unwrap();
        assert_eq!(domain.values, [-2, -1, 0, 1, 2, 9].map(number));
        let table = domain.table().unwrap();
        for value in &domain.values {
            let half = domain.half(value).unwrap();
            assert_eq!(half + half, block::to_point(value));
            assert_eq!(table.get(&double(value)), Some(value));
        }
        assert!(domain.half(&number(3)).is_none());
        assert_eq!(table.get(&double(&number(3))), None);
    }

    #[test]
    fn of_few_values_each_has_its_half() {
        for (ty, absent, count) in
            [(Type::Bool, None, 2), (Type::Bool, Some(Absent::BuiltIn), 3), (RANGE, None, 5)]
        {
            let domain = Domain::of(&ty, absent).unwrap();
            let few = domain.few().unwrap();
            assert_eq!(few.len(), count);
            for (value, half) in few {
                assert_eq!(half + half, block::to_point(value));
                assert_eq!(domain.half(value), Some(half));
            }
            assert!(domain.half(&number(77)).is_none());
        }
        assert!(Domain::of(&RANGE, Some(Absent::Number(9))).unwrap().few().is_none());
        assert!(Domain::of_numbers([7]).few().is_none());
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
        assert!(Domain::of(&range(16_383), None).is_some());
        assert!(Domain::of(&range(16_384), None).is_none());
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
            assert!(fill.few().unwrap().iter().any(|(value, _)| *value == block));
        }
    }

    #[test]
    fn a_large_table_is_computed_when_as_much_was_decoded() {
        let wide = || Domain::new((0..1_040).map(number).collect());
        let domain = wide();
        let without = std::iter::from_fn(|| domain.table().is_none().then_some(())).count();
        assert_eq!(without, 1_040 / 8);
        let table = domain.table().unwrap();
        assert_eq!(table.len(), 1_040);
        assert!(domain.values.iter().step_by(99).all(|value| table.get(&double(value)) == Some(value)));

        let prepared = wide();
        prepared.prepare();
        assert_eq!(prepared.table(), Some(table));
        assert!(Domain::new((0..1_024).map(number).collect()).table().is_some());
        assert!(Domain::of_numbers(0..1_040).table().is_some());
    }

    #[test]
    fn while_one_computes_a_table_nobody_waits() {
        let domain = Domain::new((0..1_040).map(number).collect());
        domain.decoded.store(1_040, Ordering::Relaxed);
        let computing = domain.computing.lock().unwrap();
        assert!(domain.table().is_none());
        drop(computing);
        assert!(domain.table().is_some());
        let _computing = domain.computing.lock().unwrap();
        assert!(domain.table().is_some());
    }
}

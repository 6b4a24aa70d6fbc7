//! Records that combine kinds of fields, wherever the combination compiles: nested, generic, and enums with data.

use nest_core::prelude::*;
use nest_core::time::Month;

use super::{Edge, Labels, Weekday};

/// Lists within arrays, options within lists, and the other way round wherever that compiles.
#[derive(Debug, Clone, PartialEq, PepRecord)]
#[pep(max_blocks = 64, max_bits = 424)]
pub(crate) struct Combined {
    #[pep(max_len = 3, absent)]
    pub(crate) maybe_flags: Vec<Option<bool>>,
    #[pep(max_len = 2, absent)]
    pub(crate) maybe_labels: Vec<Option<Weekday>>,
    #[pep(max_len = 2, range = -9..=9, absent = -10)]
    pub(crate) maybe_numbers: Vec<Option<i16>>,
    #[pep(max_len = 2, decimals = 1, range = 0.0..=1.0, absent = 1.5)]
    pub(crate) maybe_decimals: Vec<Option<f32>>,
    #[pep(max_len = 2, max_bytes = 16, absent = "-")]
    pub(crate) maybe_texts: Vec<Option<String>>,
    #[pep(max_len = 2, range = 1..=255)]
    pub(crate) pairs: Vec<[u8; 2]>,
    #[pep(max_len = 2, absent)]
    pub(crate) triples: Vec<[Option<bool>; 3]>,
    #[pep(max_len = 2, max_bytes = 1)]
    pub(crate) both: [Vec<String>; 2],
    #[pep(max_len = 1, range = 0..=8, absent = 9)]
    pub(crate) deep: [Vec<[Option<u8>; 2]>; 2],
    #[pep(max_len = 2)]
    pub(crate) inner: Vec<Inner>,
}

/// A record with a list of its own, so that a list can hold lists.
#[derive(Debug, Clone, PartialEq, PepRecord)]
#[pep(max_blocks = 4)]
pub(crate) struct Inner {
    #[pep(max_len = 2, range = 0..=9)]
    pub(crate) marks: Vec<u8>,
    #[pep(absent)]
    pub(crate) passed: Option<bool>,
}

/// Pseudonyms alone, in arrays, in lists, and in the records of a list.
#[derive(Debug, Clone, PartialEq, PepRecord)]
#[pep(max_blocks = 24, max_bits = 264)]
pub(crate) struct People {
    #[pep(pseudonym)]
    pub(crate) pupil: Pseudonym,
    #[pep(pseudonym, max_len = 3)]
    pub(crate) friends: Vec<Pseudonym>,
    #[pep(pseudonym, max_len = 2)]
    pub(crate) parents: Vec<[Pseudonym; 2]>,
    #[pep(pseudonym, max_len = 1)]
    pub(crate) groups: [Vec<Pseudonym>; 2],
    #[pep(max_len = 2)]
    pub(crate) visits: Vec<Visit>,
}

#[derive(Debug, Clone, PartialEq, PepRecord)]
#[pep(max_blocks = 3, max_bits = 128)]
pub(crate) struct Visit {
    #[pep(pseudonym)]
    pub(crate) doctor: Pseudonym,
    #[pep(max_bytes = 16)]
    pub(crate) reason: String,
}

/// Records within records, four deep, by every way that leads there.
#[derive(Debug, Clone, PartialEq, PepRecord)]
#[pep(max_blocks = 26, max_bits = 214)]
pub(crate) struct Nested {
    pub(crate) labels: Labels,
    pub(crate) visit: Visit,
    pub(crate) history: History<Years>,
}

#[derive(Debug, Clone, PartialEq, PepRecord)]
#[pep(max_blocks = 9)]
pub(crate) struct Years {
    pub(crate) inner: [Inner; 2],
    pub(crate) year: u16,
}

/// Generic, with a budget that refers to its parameter.
#[derive(Debug, Clone, PartialEq, PepRecord)]
#[pep(max_blocks = 1 + 2 * T::BLOCKS, max_bits = 2 + 2 * T::BITS)]
pub(crate) struct History<T: PepRecord> {
    #[pep(max_len = 2)]
    pub(crate) years: Vec<T>,
}

/// Generic in two types and a number.
#[derive(Debug, Clone, PartialEq, PepRecord)]
#[pep(max_blocks = A::BLOCKS + N * B::BLOCKS + N + 1, max_bits = A::BITS + N as u32 * (B::BITS + 8))]
pub(crate) struct Grid<A, B: PepRecord, const N: usize>
where
    A: PepRecord,
{
    pub(crate) first: A,
    pub(crate) rest: [B; N],
    #[pep(max_len = N, range = 0..=N)]
    pub(crate) picked: Vec<u8>,
}

/// Names that are keywords in Rust, words of the wire format, or nothing like an identifier.
#[derive(Debug, Clone, PartialEq, PepRecord)]
#[pep(max_blocks = 10)]
pub(crate) struct Names {
    pub(crate) r#type: bool,
    pub(crate) r#fn: u8,
    pub(crate) fields: u8,
    pub(crate) value: u8,
    #[pep(rename = "data")]
    pub(crate) renamed: u8,
    #[pep(rename = "ключ \"1\"\n\u{0}\\ 🗝")]
    pub(crate) quoted: u8,
    #[pep(rename = "~")]
    pub(crate) last: bool,
    #[pep(rename = "Type")]
    pub(crate) first: Edge,
    pub(crate) items: Counted,
}

/// The same names as those of a list.
#[derive(Debug, Clone, PartialEq, PepRecord)]
#[pep(max_blocks = 2)]
pub(crate) struct Counted {
    pub(crate) count: u8,
    pub(crate) items: [bool; 1],
}

/// One of several shapes that look the same: fields shared, filled, and of every kind.
#[derive(Debug, Clone, PartialEq, PepRecord)]
#[pep(max_blocks = 25, max_bits = 552)]
#[allow(clippy::large_enum_variant, reason = "as a user would write it")]
pub(crate) enum Outcome {
    #[pep(rename = "not yet")]
    NotYet,
    Available {
        #[pep(range = 1..=100)]
        score: u8,
        #[pep(max_bytes = 31)]
        remark: String,
        #[pep(pseudonym)]
        teacher: Pseudonym,
    },
    #[pep(code = 700)]
    Refused {
        #[pep(pseudonym, rename = "teacher")]
        by: Pseudonym,
        reason: Weekday,
        #[pep(max_len = 2, max_bytes = 1)]
        letters: Vec<String>,
    },
    r#Else {
        r#fn: bool,
        #[pep(absent)]
        maybe: Option<bool>,
        #[pep(decimals = 1, range = -1.0..=1.0)]
        decimals: [f64; 2],
        visits: [Visit; 2],
        #[pep(pseudonym, max_len = 2)]
        people: Vec<Pseudonym>,
        #[pep(range = "2020-01"..="2020-12")]
        month: Month,
        #[pep(range = 1..=100)]
        score: u8,
    },
}

/// An enum over any record.
#[derive(Debug, Clone, PartialEq, PepRecord)]
#[pep(max_blocks = 2 + T::BLOCKS, max_bits = 64 + T::BITS)]
pub(crate) enum Maybe<T: PepRecord> {
    Nothing,
    Just { value: T },
    Code { code: u16 },
}

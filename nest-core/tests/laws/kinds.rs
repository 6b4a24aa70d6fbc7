//! One record for each kind of field, alone, in arrays and in lists.
//!
//! Only declarations: what the values are is said in `values`. The fuzz targets read this file too.

use nest_core::Answer;
use nest_core::prelude::*;
use nest_core::time::{Day, Hour, IsoWeek, Month, TimeOfDay, Year};

// Named by its path, since the fuzz targets read these files from elsewhere.
#[path = "composed.rs"]
mod composed;

pub(crate) use composed::*;

/// Codes counted from 0, pinned in the middle, and counted on from there.
#[derive(Debug, Clone, Copy, PartialEq, PepEnum)]
pub(crate) enum Weekday {
    Monday,
    Tuesday,
    #[pep(code = 9, rename = "wed")]
    Wednesday,
    Thursday,
}

/// Discriminants are codes; the largest one that is not reserved.
#[derive(Debug, Clone, Copy, PartialEq, PepEnum)]
pub(crate) enum Edge {
    Last = 65534,
    Zero = 0,
    r#Type = 256,
}

#[derive(Debug, Clone, Copy, PartialEq, PepEnum)]
pub(crate) enum Single {
    Only,
}

/// The record of the documentation.
#[derive(Debug, Clone, PartialEq, PepRecord)]
#[pep(activity = "assessment", max_blocks = 7, max_bits = 142)]
pub(crate) struct Assessment {
    #[pep(pseudonym)]
    pub(crate) pupil: Pseudonym,
    #[pep(pseudonym)]
    pub(crate) teacher: Pseudonym,
    pub(crate) weekday: Weekday,
    pub(crate) free_lunch: bool,
    #[pep(range = 288..=775, absent = 0)]
    pub(crate) reading: Option<u16>,
    #[pep(decimals = 1, range = -40.0..=60.0)]
    pub(crate) outdoor_celsius: f32,
    #[pep(max_bytes = 15)]
    pub(crate) remark: String,
}

/// What needs no attributes.
#[derive(Debug, Clone, PartialEq, PepRecord)]
#[pep(max_blocks = 5)]
pub(crate) struct Plain {
    pub(crate) flag: bool,
    pub(crate) tiny: u8,
    pub(crate) small: u16,
    pub(crate) signed_tiny: i8,
    pub(crate) signed_small: i16,
}

/// Every width with a range; whole types, negative ranges, and a range of one number.
#[derive(Debug, Clone, PartialEq, PepRecord)]
#[pep(max_blocks = 10, max_bits = 275)]
pub(crate) struct Ranged {
    #[pep(range = 7..=7)]
    pub(crate) one: u8,
    #[pep(range = 1..=200)]
    pub(crate) a: u8,
    #[pep(range = 288..=775)]
    pub(crate) b: u16,
    #[pep(range = 0..=4_000_000_000)]
    pub(crate) c: u32,
    #[pep(range = 0..=u64::MAX)]
    #[pep(allow(global_identifier, reason = "as wide as it gets"))]
    pub(crate) d: u64,
    #[pep(range = -5..=-2)]
    pub(crate) e: i8,
    #[pep(range = -300..=300)]
    pub(crate) f: i16,
    #[pep(range = i32::MIN..=-1)]
    pub(crate) g: i32,
    #[pep(range = i64::MIN..=i64::MAX)]
    #[pep(allow(global_identifier, reason = "as wide as it gets"))]
    pub(crate) h: i64,
    #[pep(range = -9_007_199_254_740_993..=9_007_199_254_740_993)]
    #[pep(allow(global_identifier, reason = "as wide as it gets"))]
    pub(crate) i: i64,
}

/// Grids coarse and fine, on both sides of zero; and a range of one number.
#[derive(Debug, Clone, PartialEq, PepRecord)]
#[pep(max_blocks = 9, max_bits = 189)]
pub(crate) struct Decimals {
    #[pep(decimals = 0, range = 0.0..=100.0)]
    pub(crate) whole: f32,
    #[pep(decimals = 1, range = -40.0..=60.0)]
    pub(crate) celsius: f32,
    #[pep(decimals = 3, range = -1.5..=1.5)]
    pub(crate) fine: f32,
    #[pep(decimals = 0, range = -1e15..=1e15)]
    #[pep(allow(global_identifier, reason = "as wide as it gets"))]
    pub(crate) large: f64,
    #[pep(decimals = 1, range = 0.1..=0.3)]
    pub(crate) tenths: f64,
    #[pep(decimals = 2, range = -0.5..=1_000_000.99)]
    pub(crate) money: f64,
    #[pep(decimals = 6, range = -180.0..=180.0)]
    pub(crate) degrees: f64,
    #[pep(decimals = 12, range = -1000.0..=1000.0)]
    #[pep(allow(global_identifier, reason = "as wide as it gets"))]
    pub(crate) finest: f64,
    #[pep(decimals = 1, range = 2.5..=2.5)]
    pub(crate) one: f64,
}

/// Bounds at both sides of every change in the number of blocks.
#[derive(Debug, Clone, PartialEq, PepRecord)]
#[pep(max_blocks = 12, max_bits = 1136)]
pub(crate) struct Texts {
    #[pep(max_bytes = 1)]
    pub(crate) b1: String,
    #[pep(max_bytes = 15)]
    pub(crate) b15: String,
    #[pep(max_bytes = 16)]
    pub(crate) b16: String,
    #[pep(max_bytes = 31)]
    pub(crate) b31: String,
    #[pep(max_bytes = 32)]
    pub(crate) b32: String,
    #[pep(max_bytes = 47)]
    pub(crate) b47: String,
}

#[derive(Debug, Clone, PartialEq, PepRecord)]
#[pep(max_blocks = 3)]
pub(crate) struct Labels {
    pub(crate) weekday: Weekday,
    pub(crate) edge: Edge,
    pub(crate) single: Single,
}

/// Every kind that can be absent, its reserved value next to its range and far from it.
#[derive(Debug, Clone, PartialEq, PepRecord)]
#[pep(max_blocks = 18, max_bits = 580)]
pub(crate) struct Absences {
    #[pep(absent)]
    pub(crate) flag: Option<bool>,
    #[pep(absent)]
    pub(crate) weekday: Option<Weekday>,
    #[pep(absent)]
    pub(crate) edge: Option<Edge>,
    #[pep(range = 0..=254, absent = 255)]
    pub(crate) a: Option<u8>,
    #[pep(range = 288..=775, absent = 0)]
    pub(crate) b: Option<u16>,
    #[pep(range = 0..=9, absent = 4_294_967_295)]
    pub(crate) c: Option<u32>,
    #[pep(range = 0..=18_446_744_073_709_551_614, absent = u64::MAX)]
    #[pep(allow(global_identifier, reason = "as wide as it gets"))]
    pub(crate) d: Option<u64>,
    #[pep(range = -127..=127, absent = -128)]
    pub(crate) e: Option<i8>,
    #[pep(range = -10..=10, absent = 11)]
    pub(crate) f: Option<i16>,
    #[pep(range = -9..=-1, absent = 0)]
    pub(crate) g: Option<i32>,
    #[pep(range = -9_223_372_036_854_775_807..=i64::MAX, absent = i64::MIN)]
    #[pep(allow(global_identifier, reason = "as wide as it gets"))]
    pub(crate) h: Option<i64>,
    #[pep(decimals = 1, range = 0.0..=9.9, absent = -1.0)]
    pub(crate) i: Option<f32>,
    #[pep(decimals = 2, range = -1.0..=1.0, absent = 2.0)]
    pub(crate) j: Option<f64>,
    #[pep(max_bytes = 15, absent = "")]
    pub(crate) k: Option<String>,
    #[pep(max_bytes = 3, absent = "n/a")]
    pub(crate) l: Option<String>,
    #[pep(max_bytes = 31, absent = "\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0")]
    pub(crate) m: Option<String>,
}

/// Every unit of coarse time, before and after its epoch, and where it can stand.
#[derive(Debug, Clone, PartialEq, PepRecord)]
#[pep(max_blocks = 12, max_bits = 80)]
pub(crate) struct Times {
    #[pep(range = 0..=9999)]
    pub(crate) year: Year,
    #[pep(range = "1969-12"..="2035-12")]
    pub(crate) month: Month,
    #[pep(range = "1969-W01"..="2020-W53")]
    pub(crate) week: IsoWeek,
    #[pep(range = "1900-01-01"..="2000-02-29")]
    pub(crate) day: Day,
    #[pep(range = "1969-12-31T23"..="1970-01-01T00")]
    pub(crate) hour: Hour,
    #[pep(range = "2020-01-01"..="2020-12-31", absent)]
    pub(crate) last_day: Option<Day>,
    #[pep(range = "2020"..="2029")]
    pub(crate) two_years: [Year; 2],
    #[pep(range = "2020-01"..="2020-12", max_len = 2, absent)]
    pub(crate) months: Vec<Option<Month>>,
}

/// The codes of a scale on both sides of zero, the smallest that there is among them.
#[derive(Debug, Clone, Copy, PartialEq, PepEnum)]
pub(crate) enum Step {
    #[pep(code = -3)]
    Worse,
    Bad,
    #[pep(code = 0)]
    Same,
    #[pep(code = 3)]
    Better,
    Smallest = -32_768,
}

/// Why there is no answer: a code below most ranges, one above, and the next.
#[derive(Debug, Clone, Copy, PartialEq, PepEnum)]
pub(crate) enum NoAnswer {
    #[pep(code = -9, rename = "not asked")]
    NotAsked,
    #[pep(code = 1_000)]
    Refused,
    Unknown,
}

/// A type of its own for one number.
#[derive(Debug, Clone, Copy, PartialEq, PepField)]
pub(crate) struct Grams(pub(crate) u16);

/// A type of its own for one text, and for one of those.
#[derive(Debug, Clone, PartialEq, PepField)]
pub(crate) struct Town(pub(crate) String);

#[derive(Debug, Clone, PartialEq, PepField)]
pub(crate) struct Home(pub(crate) Town);

/// What surveys hold: answers and the reasons where there are none, scales, times of day, and types of the project.
#[derive(Debug, Clone, PartialEq, PepRecord)]
#[pep(max_blocks = 24, max_bits = 800)]
pub(crate) struct Survey {
    pub(crate) flag: Answer<bool, NoAnswer>,
    #[pep(range = 0..=10)]
    pub(crate) pain: Answer<u8, NoAnswer>,
    #[pep(range = -8..=999)]
    pub(crate) balance: Answer<i16, NoAnswer>,
    #[pep(decimals = 1, range = -8.9..=99.9)]
    pub(crate) celsius: Answer<f64, NoAnswer>,
    #[pep(decimals = 12, range = 0.0..=0.000000000009)]
    pub(crate) fine: Answer<f64, NoAnswer>,
    pub(crate) step: Answer<Step, NoAnswer>,
    #[pep(range = 1900..=2100)]
    pub(crate) year: Answer<Year, NoAnswer>,
    #[pep(range = "1969-01"..="1970-12")]
    pub(crate) month: Answer<Month, NoAnswer>,
    #[pep(max_bytes = 20)]
    pub(crate) remark: Answer<String, NoAnswer>,
    #[pep(range = 0..=3)]
    pub(crate) items: [Answer<u8, NoAnswer>; 2],
    #[pep(range = 0..=300, max_len = 2)]
    pub(crate) weights: Vec<Answer<Grams, NoAnswer>>,
    #[pep(absent)]
    pub(crate) scale: Option<Step>,
    pub(crate) asleep: TimeOfDay,
    #[pep(range = "06:00"..="22:30", absent)]
    pub(crate) awake: Option<TimeOfDay>,
    #[pep(range = 0..=300)]
    pub(crate) weight: Grams,
    #[pep(range = 10..=300, absent = 0)]
    pub(crate) before: Option<Grams>,
    #[pep(max_bytes = 31)]
    pub(crate) home: Home,
}

/// Arrays of every kind, and arrays of arrays.
#[derive(Debug, Clone, PartialEq, PepRecord)]
#[pep(max_blocks = 40, max_bits = 585)]
pub(crate) struct Arrays {
    pub(crate) flags: [bool; 2],
    #[pep(range = -3..=3)]
    pub(crate) numbers: [i32; 3],
    #[pep(decimals = 1, range = 0.0..=1.0)]
    pub(crate) decimals: [f32; 2],
    #[pep(max_bytes = 15)]
    pub(crate) short: [String; 2],
    #[pep(max_bytes = 16)]
    pub(crate) long: [String; 2],
    pub(crate) labels: [Weekday; 1],
    #[pep(pseudonym)]
    pub(crate) people: [Pseudonym; 2],
    #[pep(range = 1..=9, absent = 0)]
    pub(crate) options: [Option<u8>; 3],
    #[pep(allow(global_identifier, reason = "as wide as it gets"))]
    pub(crate) table: [[u8; 2]; 3],
    pub(crate) records: [Labels; 2],
}

/// Lists of every kind.
#[derive(Debug, Clone, PartialEq, PepRecord)]
#[pep(max_blocks = 40, max_bits = 947)]
pub(crate) struct Lists {
    #[pep(max_len = 1)]
    pub(crate) flags: Vec<bool>,
    #[pep(max_len = 4, range = 5..=2000)]
    pub(crate) numbers: Vec<u16>,
    #[pep(max_len = 2, decimals = 2, range = -1.0..=1.0)]
    pub(crate) decimals: Vec<f64>,
    #[pep(max_len = 3, max_bytes = 15)]
    pub(crate) short: Vec<String>,
    #[pep(max_len = 2, max_bytes = 31)]
    pub(crate) long: Vec<String>,
    #[pep(max_len = 2)]
    pub(crate) edges: Vec<Edge>,
    #[pep(max_len = 3)]
    pub(crate) records: Vec<Labels>,
}

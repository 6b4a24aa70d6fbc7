//! Values of every record, with a liking for bounds, for fillers and for characters that padding resembles.

use std::fmt::Debug;
use std::ops::RangeInclusive;

use arbitrary::unstructured::Int;
use arbitrary::{Result, Unstructured};
use nest_core::Answer;
use nest_core::prelude::*;
use nest_core::time::{Day, Hour, IsoWeek, Month, TimeOfDay, Year};

use crate::kinds::*;

/// A record with a way to make values of it from bytes, each of which must encode.
pub(crate) trait Sample: PepRecord + Clone + Debug + PartialEq {
    fn sample(bytes: &mut Unstructured<'_>) -> Result<Self>;
}

/// A whole number, its bounds more often than chance has it.
pub(crate) fn whole<T: Int>(bytes: &mut Unstructured<'_>, range: RangeInclusive<T>) -> Result<T> {
    match bytes.int_in_range(0..=5)? {
        0 => Ok(*range.start()),
        1 => Ok(*range.end()),
        _ => bytes.int_in_range(range),
    }
}

/// A number on the grid, from its decimal notation: no arithmetic of floats can blur it.
pub(crate) fn at(steps: i64, decimals: u8) -> f64 {
    format!("{steps}e-{decimals}").parse().unwrap()
}

fn decimal(bytes: &mut Unstructured<'_>, decimals: u8, steps: RangeInclusive<i64>) -> Result<f64> {
    Ok(at(whole(bytes, steps)?, decimals))
}

fn narrow(bytes: &mut Unstructured<'_>, decimals: u8, steps: RangeInclusive<i64>) -> Result<f32> {
    Ok(format!("{}e-{decimals}", whole(bytes, steps)?).parse().unwrap())
}

fn character(bytes: &mut Unstructured<'_>) -> Result<char> {
    let code = match bytes.int_in_range(0..=9)? {
        0..=3 => bytes.int_in_range(0x20..=0x7e)?,
        // What padding and filler blocks consist of.
        4 | 5 => 0,
        6 => bytes.int_in_range(0x01..=0x10)?,
        // Of two, three and four bytes.
        7 => bytes.int_in_range(0x80..=0x7ff)?,
        8 => bytes.int_in_range(0x800..=0xd7ff)?,
        _ => bytes.int_in_range(0x10000..=0x10ffff)?,
    };
    Ok(char::from_u32(code).unwrap())
}

/// Text of at most `max_bytes` bytes, often of exactly so many, sometimes empty.
pub(crate) fn text(bytes: &mut Unstructured<'_>, max_bytes: usize) -> Result<String> {
    let mut text = String::new();
    let len = whole(bytes, 0..=max_bytes)?;
    while text.len() < len {
        let character = character(bytes)?;
        text.push(if text.len() + character.len_utf8() <= len { character } else { '\0' });
    }
    Ok(text)
}

pub(crate) fn pseudonym(bytes: &mut Unstructured<'_>) -> Result<Pseudonym> {
    Ok(match bytes.int_in_range(0..=2)? {
        0 => Pseudonym::from_short_id(&text(bytes, 15)?)
            .unwrap_or_else(|_| Pseudonym::from_short_id("nobody").unwrap()),
        _ => Pseudonym::from_long_id("laws", &text(bytes, 20)?),
    })
}

fn weekday(bytes: &mut Unstructured<'_>) -> Result<Weekday> {
    bytes.choose(&[Weekday::Monday, Weekday::Tuesday, Weekday::Wednesday, Weekday::Thursday]).copied()
}

fn edge(bytes: &mut Unstructured<'_>) -> Result<Edge> {
    bytes.choose(&[Edge::Last, Edge::Zero, Edge::r#Type]).copied()
}

/// A coarse time between two, both as in the declaration.
macro_rules! time {
    ($bytes:expr, $time:ident, $from:literal, $to:literal) => {{
        let count = |text: &str| text.parse::<$time>().unwrap().count();
        $time::from_count(whole($bytes, count($from)..=count($to))?)
    }};
}

type One<'a, T> = &'a mut dyn FnMut() -> Result<T>;

/// Up to `max` items. Their number comes first: where the bytes come to their end, the list is short.
macro_rules! list {
    ($bytes:expr, $max:expr, $one:expr) => {{
        let len: usize = whole($bytes, 0..=$max)?;
        several(len, &mut || $one)?
    }};
}

fn several<T>(len: usize, one: One<'_, T>) -> Result<Vec<T>> {
    (0..len).map(|_| one()).collect()
}

/// A value, or `None`: always `None` instead of the reserved one.
macro_rules! maybe {
    ($bytes:expr, $one:expr) => {
        if $bytes.int_in_range(0..=2)? == 0 { None } else { Some($one) }
    };
    ($bytes:expr, $one:expr, but $reserved:expr) => {
        maybe!($bytes, $one).filter(|value| *value != $reserved)
    };
}

impl Sample for Assessment {
    fn sample(bytes: &mut Unstructured<'_>) -> Result<Self> {
        Ok(Self {
            pupil: pseudonym(bytes)?,
            teacher: pseudonym(bytes)?,
            weekday: weekday(bytes)?,
            free_lunch: bytes.arbitrary()?,
            reading: maybe!(bytes, whole(bytes, 288..=775)?),
            outdoor_celsius: narrow(bytes, 1, -400..=600)?,
            remark: text(bytes, 15)?,
        })
    }
}

impl Sample for Plain {
    fn sample(bytes: &mut Unstructured<'_>) -> Result<Self> {
        Ok(Self {
            flag: bytes.arbitrary()?,
            tiny: whole(bytes, 0..=u8::MAX)?,
            small: whole(bytes, 0..=u16::MAX)?,
            signed_tiny: whole(bytes, i8::MIN..=i8::MAX)?,
            signed_small: whole(bytes, i16::MIN..=i16::MAX)?,
        })
    }
}

impl Sample for Ranged {
    fn sample(bytes: &mut Unstructured<'_>) -> Result<Self> {
        Ok(Self {
            one: 7,
            a: whole(bytes, 1..=200)?,
            b: whole(bytes, 288..=775)?,
            c: whole(bytes, 0..=4_000_000_000)?,
            d: whole(bytes, 0..=u64::MAX)?,
            e: whole(bytes, -5..=-2)?,
            f: whole(bytes, -300..=300)?,
            g: whole(bytes, i32::MIN..=-1)?,
            h: whole(bytes, i64::MIN..=i64::MAX)?,
            i: whole(bytes, -9_007_199_254_740_993..=9_007_199_254_740_993)?,
        })
    }
}

impl Sample for Decimals {
    fn sample(bytes: &mut Unstructured<'_>) -> Result<Self> {
        const WIDE: RangeInclusive<i64> = -1_000_000_000_000_000..=1_000_000_000_000_000;
        Ok(Self {
            whole: narrow(bytes, 0, 0..=100)?,
            celsius: narrow(bytes, 1, -400..=600)?,
            fine: narrow(bytes, 3, -1500..=1500)?,
            large: decimal(bytes, 0, WIDE)?,
            tenths: decimal(bytes, 1, 1..=3)?,
            money: decimal(bytes, 2, -50..=100_000_099)?,
            degrees: decimal(bytes, 6, -180_000_000..=180_000_000)?,
            finest: decimal(bytes, 12, WIDE)?,
            one: 2.5,
        })
    }
}

impl Sample for Texts {
    fn sample(bytes: &mut Unstructured<'_>) -> Result<Self> {
        Ok(Self {
            b1: text(bytes, 1)?,
            b15: text(bytes, 15)?,
            b16: text(bytes, 16)?,
            b31: text(bytes, 31)?,
            b32: text(bytes, 32)?,
            b47: text(bytes, 47)?,
        })
    }
}

impl Sample for Labels {
    fn sample(bytes: &mut Unstructured<'_>) -> Result<Self> {
        Ok(Self { weekday: weekday(bytes)?, edge: edge(bytes)?, single: Single::Only })
    }
}

impl Sample for Absences {
    fn sample(bytes: &mut Unstructured<'_>) -> Result<Self> {
        Ok(Self {
            flag: maybe!(bytes, bytes.arbitrary()?),
            weekday: maybe!(bytes, weekday(bytes)?),
            edge: maybe!(bytes, edge(bytes)?),
            a: maybe!(bytes, whole(bytes, 0..=255)?, but 255),
            b: maybe!(bytes, whole(bytes, 288..=775)?),
            c: maybe!(bytes, whole(bytes, 0..=9)?),
            d: maybe!(bytes, whole(bytes, 0..=u64::MAX)?, but u64::MAX),
            e: maybe!(bytes, whole(bytes, i8::MIN..=i8::MAX)?, but i8::MIN),
            f: maybe!(bytes, whole(bytes, -10..=10)?, but 3),
            g: maybe!(bytes, whole(bytes, -9..=-1)?),
            h: maybe!(bytes, whole(bytes, i64::MIN..=i64::MAX)?, but i64::MIN),
            i: maybe!(bytes, narrow(bytes, 1, 0..=99)?),
            j: maybe!(bytes, decimal(bytes, 2, -100..=100)?, but 0.0),
            k: maybe!(bytes, text(bytes, 15)?, but ""),
            l: maybe!(bytes, text(bytes, 3)?, but "n/a"),
            m: maybe!(bytes, text(bytes, 31)?, but "\0".repeat(16)),
        })
    }
}

impl Sample for Times {
    fn sample(bytes: &mut Unstructured<'_>) -> Result<Self> {
        Ok(Self {
            year: time!(bytes, Year, "0000", "9999"),
            month: time!(bytes, Month, "1969-12", "2035-12"),
            week: time!(bytes, IsoWeek, "1969-W01", "2020-W53"),
            day: time!(bytes, Day, "1900-01-01", "2000-02-29"),
            hour: time!(bytes, Hour, "1969-12-31T23", "1970-01-01T00"),
            last_day: maybe!(bytes, time!(bytes, Day, "2020-01-01", "2020-12-31")),
            two_years: [time!(bytes, Year, "2020", "2029"), time!(bytes, Year, "2020", "2029")],
            months: list!(bytes, 2, Ok(maybe!(bytes, time!(bytes, Month, "2020-01", "2020-12")))),
        })
    }
}

/// An answer, or one of the reasons why there is none.
macro_rules! answer {
    ($bytes:ident, $value:expr) => {
        match $bytes.int_in_range(0..=4)? {
            0 => Answer::Reason(NoAnswer::NotAsked),
            1 => Answer::Reason(NoAnswer::Refused),
            2 => Answer::Reason(NoAnswer::Unknown),
            _ => Answer::Value($value),
        }
    };
}

fn step(bytes: &mut Unstructured<'_>) -> Result<Step> {
    Ok(*bytes.choose(&[Step::Worse, Step::Bad, Step::Same, Step::Better, Step::Smallest])?)
}

impl Sample for Survey {
    fn sample(bytes: &mut Unstructured<'_>) -> Result<Self> {
        Ok(Self {
            flag: answer!(bytes, bytes.arbitrary()?),
            pain: answer!(bytes, whole(bytes, 0..=10)?),
            balance: answer!(bytes, whole(bytes, -8..=999)?),
            celsius: answer!(bytes, decimal(bytes, 1, -89..=999)?),
            fine: answer!(bytes, decimal(bytes, 12, 0..=9)?),
            step: answer!(bytes, step(bytes)?),
            year: answer!(bytes, time!(bytes, Year, "1900", "2100")),
            month: answer!(bytes, time!(bytes, Month, "1969-01", "1970-12")),
            remark: answer!(bytes, text(bytes, 20)?),
            items: [answer!(bytes, whole(bytes, 0..=3)?), answer!(bytes, whole(bytes, 0..=3)?)],
            weights: list!(bytes, 2, Ok(answer!(bytes, Grams(whole(bytes, 0..=300)?)))),
            scale: maybe!(bytes, step(bytes)?),
            asleep: time!(bytes, TimeOfDay, "00:00", "23:59"),
            awake: maybe!(bytes, time!(bytes, TimeOfDay, "06:00", "22:30")),
            weight: Grams(whole(bytes, 0..=300)?),
            before: maybe!(bytes, Grams(whole(bytes, 10..=300)?)),
            home: Home(Town(text(bytes, 31)?)),
        })
    }
}

impl Sample for Outcome {
    fn sample(bytes: &mut Unstructured<'_>) -> Result<Self> {
        Ok(match bytes.int_in_range(0..=7)? {
            0 => Self::NotYet,
            1 | 2 => Self::Available {
                score: whole(bytes, 1..=100)?,
                remark: text(bytes, 31)?,
                teacher: pseudonym(bytes)?,
            },
            3 | 4 => Self::Refused {
                by: pseudonym(bytes)?,
                reason: weekday(bytes)?,
                letters: list!(bytes, 2, text(bytes, 1)),
            },
            _ => Self::Else {
                r#fn: bytes.arbitrary()?,
                maybe: maybe!(bytes, bytes.arbitrary()?),
                decimals: [decimal(bytes, 1, -10..=10)?, decimal(bytes, 1, -10..=10)?],
                visits: [Visit::sample(bytes)?, Visit::sample(bytes)?],
                people: list!(bytes, 2, pseudonym(bytes)),
                month: time!(bytes, Month, "2020-01", "2020-12"),
                score: whole(bytes, 1..=100)?,
            },
        })
    }
}

impl<T: Sample> Sample for Maybe<T> {
    fn sample(bytes: &mut Unstructured<'_>) -> Result<Self> {
        Ok(match bytes.int_in_range(0..=2)? {
            0 => Self::Nothing,
            1 => Self::Code { code: bytes.arbitrary()? },
            _ => Self::Just { value: T::sample(bytes)? },
        })
    }
}

impl Sample for Arrays {
    fn sample(bytes: &mut Unstructured<'_>) -> Result<Self> {
        Ok(Self {
            flags: bytes.arbitrary()?,
            numbers: [whole(bytes, -3..=3)?, whole(bytes, -3..=3)?, whole(bytes, -3..=3)?],
            decimals: [narrow(bytes, 1, 0..=10)?, narrow(bytes, 1, 0..=10)?],
            short: [text(bytes, 15)?, text(bytes, 15)?],
            long: [text(bytes, 16)?, text(bytes, 16)?],
            labels: [weekday(bytes)?],
            people: [pseudonym(bytes)?, pseudonym(bytes)?],
            options: [None, maybe!(bytes, whole(bytes, 1..=9)?), maybe!(bytes, whole(bytes, 1..=9)?)],
            table: bytes.arbitrary()?,
            records: [Labels::sample(bytes)?, Labels::sample(bytes)?],
        })
    }
}

impl Sample for Lists {
    fn sample(bytes: &mut Unstructured<'_>) -> Result<Self> {
        Ok(Self {
            flags: list!(bytes, 1, bytes.arbitrary()),
            numbers: list!(bytes, 4, whole(bytes, 5..=2000)),
            decimals: list!(bytes, 2, decimal(bytes, 2, -100..=100)),
            short: list!(bytes, 3, text(bytes, 15)),
            long: list!(bytes, 2, text(bytes, 31)),
            edges: list!(bytes, 2, edge(bytes)),
            records: list!(bytes, 3, Labels::sample(bytes)),
        })
    }
}

impl Sample for Combined {
    fn sample(bytes: &mut Unstructured<'_>) -> Result<Self> {
        Ok(Self {
            maybe_flags: list!(bytes, 3, Ok(maybe!(bytes, bytes.arbitrary()?))),
            maybe_labels: list!(bytes, 2, Ok(maybe!(bytes, weekday(bytes)?))),
            maybe_numbers: list!(bytes, 2, Ok(maybe!(bytes, whole(bytes, -9..=9)?))),
            maybe_decimals: list!(bytes, 2, Ok(maybe!(bytes, narrow(bytes, 1, 0..=10)?, but 0.5))),
            maybe_texts: list!(bytes, 2, Ok(maybe!(bytes, text(bytes, 16)?, but "-"))),
            pairs: list!(bytes, 2, Ok([whole(bytes, 1..=255)?, whole(bytes, 1..=255)?])),
            triples: list!(bytes, 2, Ok([None, maybe!(bytes, bytes.arbitrary()?), Some(true)])),
            both: [list!(bytes, 2, text(bytes, 1)), list!(bytes, 2, text(bytes, 1))],
            deep: [list!(bytes, 1, Ok([None, maybe!(bytes, whole(bytes, 0..=8)?)])), vec![]],
            inner: list!(bytes, 2, Inner::sample(bytes)),
        })
    }
}

impl Sample for Inner {
    fn sample(bytes: &mut Unstructured<'_>) -> Result<Self> {
        Ok(Self { marks: list!(bytes, 2, whole(bytes, 0..=9)), passed: maybe!(bytes, bytes.arbitrary()?) })
    }
}

impl Sample for People {
    fn sample(bytes: &mut Unstructured<'_>) -> Result<Self> {
        Ok(Self {
            pupil: pseudonym(bytes)?,
            friends: list!(bytes, 3, pseudonym(bytes)),
            parents: list!(bytes, 2, Ok([pseudonym(bytes)?, pseudonym(bytes)?])),
            groups: [list!(bytes, 1, pseudonym(bytes)), list!(bytes, 1, pseudonym(bytes))],
            visits: list!(bytes, 2, Visit::sample(bytes)),
        })
    }
}

impl Sample for Visit {
    fn sample(bytes: &mut Unstructured<'_>) -> Result<Self> {
        Ok(Self { doctor: pseudonym(bytes)?, reason: text(bytes, 16)? })
    }
}

impl Sample for Nested {
    fn sample(bytes: &mut Unstructured<'_>) -> Result<Self> {
        Ok(Self {
            labels: Labels::sample(bytes)?,
            visit: Visit::sample(bytes)?,
            history: History::sample(bytes)?,
        })
    }
}

impl Sample for Years {
    fn sample(bytes: &mut Unstructured<'_>) -> Result<Self> {
        Ok(Self { inner: [Inner::sample(bytes)?, Inner::sample(bytes)?], year: bytes.arbitrary()? })
    }
}

impl<T: Sample> Sample for History<T> {
    fn sample(bytes: &mut Unstructured<'_>) -> Result<Self> {
        Ok(Self { years: list!(bytes, 2, T::sample(bytes)) })
    }
}

impl<A: Sample, B: Sample> Sample for Grid<A, B, 2> {
    fn sample(bytes: &mut Unstructured<'_>) -> Result<Self> {
        Ok(Self {
            first: A::sample(bytes)?,
            rest: [B::sample(bytes)?, B::sample(bytes)?],
            picked: list!(bytes, 2, whole(bytes, 0..=2)),
        })
    }
}

impl Sample for Names {
    fn sample(bytes: &mut Unstructured<'_>) -> Result<Self> {
        Ok(Self {
            r#type: bytes.arbitrary()?,
            r#fn: bytes.arbitrary()?,
            fields: bytes.arbitrary()?,
            value: bytes.arbitrary()?,
            renamed: bytes.arbitrary()?,
            quoted: bytes.arbitrary()?,
            last: bytes.arbitrary()?,
            first: edge(bytes)?,
            items: Counted { count: bytes.arbitrary()?, items: bytes.arbitrary()? },
        })
    }
}

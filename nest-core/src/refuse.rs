//! The checks that need a field's type: evaluated while compiling, with a message where they fail.
//!
//! The derive knows tokens only. Here the type behind an alias or a macro is known, and what leaks or
//! contradicts itself is refused with a sentence of [`nest_rules`].

#![allow(clippy::indexing_slicing, reason = "constants cannot use iterators, and every index is checked")]

use nest_rules::{self as say, Hint, Holds, Rule};

use crate::absence::{has_spare_value, needs_number, unfit_absent};
use crate::declared::{Declared, Kind, Range, bound, time_range};
use crate::schema::TimeUnit;
use crate::schema::{RecordKind, Waiver};
use nest_schema::const_text::Text;
use nest_schema::grid::{MAX_DECIMALS, nearest_steps, to_steps};
use nest_schema::{bits_of, saturated};

/// Refuses a field whose type and attributes leak, or do not make a fixed shape.
///
/// # Panics
///
/// With the refusal as its message, while compiling.
#[track_caller]
#[allow(clippy::panic, reason = "this is how a constant refuses to compile")]
pub const fn check_field(kind: &Kind, declared: &Declared, record: RecordKind) {
    if let Some(Refusal { message, absent }) = refusal(kind, declared, record) {
        let Some((number, end)) = absent else { panic!("{}", message) };
        let text = Text::<512>::new().str(message).integer(number).str(end);
        panic!("{}", text.as_str())
    }
}

/// Why a field is refused.
pub(crate) struct Refusal {
    pub(crate) message: &'static str,
    /// A number to suggest behind the message, and what ends it.
    pub(crate) absent: Option<(i128, &'static str)>,
}

const fn refusal(kind: &Kind, declared: &Declared, record: RecordKind) -> Option<Refusal> {
    if let Some(refusal) = needs_number(kind, declared) {
        return Some(refusal);
    }
    match message(kind, declared, record) {
        Some(message) => Some(Refusal { message, absent: None }),
        None => None,
    }
}

const fn message(kind: &Kind, declared: &Declared, record: RecordKind) -> Option<&'static str> {
    if let Some(message) = stray(kind, declared) {
        return Some(message);
    }
    let unbounded = match Nest::of(kind).leaf {
        Kind::Text => declared.max_bytes.is_none(),
        Kind::Integer { .. } | Kind::Float => declared.range.is_none(),
        _ => false,
    };
    if unbounded && let Some(message) = named(kind, declared) {
        // Who bounds it would hear of its name afterwards.
        return Some(message);
    }
    if let Some(message) = unfit(kind, declared) {
        return Some(message);
    }
    let waivable = [
        (Rule::GlobalIdentifier, global_identifier(kind, declared)),
        (Rule::PreciseTime, precise_time(kind, declared)),
        (Rule::PreciseNumber, precise_number(kind, declared)),
        (Rule::Progress, progress(kind, declared, record)),
    ];
    let mut i = 0;
    while i < waivable.len() {
        let (rule, leak) = waivable[i];
        match leak {
            Some(message) if !waived(declared.waivers, rule) => return Some(message),
            None if waived(declared.waivers, rule) => return Some(say::WAIVER_IDLE),
            _ => {}
        }
        i += 1;
    }
    None
}

/// What the names of an unbounded field give away, and no waiver sets aside.
const fn named(kind: &Kind, declared: &Declared) -> Option<&'static str> {
    let mut i = 0;
    while i < declared.hints.len() {
        // What is called a time may be a duration, which needs a range only.
        let time = matches!(declared.hints[i], Hint::Time) && !matches!(Nest::of(kind).leaf, Kind::Text);
        if !time
            && let Some((rule, message)) = declared.hints[i].refusal(holds(kind, declared))
            && !waived(declared.waivers, rule)
        {
            return Some(message);
        }
        i += 1;
    }
    None
}

/// What the names of a field give away against one rule.
const fn named_against(rule: Rule, kind: &Kind, declared: &Declared) -> Option<&'static str> {
    let mut i = 0;
    while i < declared.hints.len() {
        if let Some((broken, message)) = declared.hints[i].refusal(holds(kind, declared))
            && broken as u8 == rule as u8
        {
            return Some(message);
        }
        i += 1;
    }
    None
}

/// What a field can hold of what its name says.
const fn holds(kind: &Kind, declared: &Declared) -> Holds {
    let bits = bits(kind, declared);
    match Nest::of(kind).leaf {
        Kind::Text => Holds::Text,
        Kind::Pseudonym => Holds::Pseudonym,
        Kind::Time(unit) => Holds::Time { bits, day: matches!(unit, TimeUnit::Day | TimeUnit::Hour) },
        leaf @ (Kind::Integer { .. } | Kind::Float) => {
            Holds::Number { bits, each: bits_of(span(leaf, declared)) }
        }
        _ => Holds::Parts { bits },
    }
}

const fn waived(waivers: &[Waiver], rule: Rule) -> bool {
    let mut i = 0;
    while i < waivers.len() {
        if waivers[i].rule as u8 == rule as u8 {
            return true;
        }
        i += 1;
    }
    false
}

/// An attribute that means nothing on this type.
const fn stray(kind: &Kind, declared: &Declared) -> Option<&'static str> {
    let nest = Nest::of(kind);
    if let Kind::Refused(_) = nest.leaf {
        return None;
    }
    if nest.lists > 1 {
        return Some(say::NESTED_LIST);
    }
    if declared.pseudonym && !matches!(nest.leaf, Kind::Pseudonym) {
        return Some(say::NOT_A_PSEUDONYM);
    }
    if declared.decimals.is_some() && !matches!(nest.leaf, Kind::Float) {
        return Some(say::STRAY_DECIMALS);
    }
    if declared.range.is_some() && !matches!(nest.leaf, Kind::Float | Kind::Integer { .. } | Kind::Time(_)) {
        return Some(say::STRAY_RANGE);
    }
    if declared.max_bytes.is_some() && !matches!(nest.leaf, Kind::Text) {
        if nest.lists > 0 && declared.max_len.is_none() {
            return Some(say::STRAY_MAX_BYTES_LIST);
        }
        return Some(say::STRAY_MAX_BYTES);
    }
    if declared.max_len.is_some() && nest.lists == 0 {
        if let (Kind::Text, None) = (nest.leaf, declared.max_bytes) {
            return Some(say::STRAY_MAX_LEN_TEXT);
        }
        return Some(say::STRAY_MAX_LEN);
    }
    if declared.absent.is_some() && !nest.optional {
        return Some(say::ABSENT_WITHOUT_OPTION);
    }
    None
}

/// A type taken apart: what its items are, and in what they are nested.
struct Nest<'a> {
    leaf: &'a Kind,
    optional: bool,
    arrays: usize,
    lists: usize,
    /// The number of items in all arrays together.
    items: u32,
}

impl<'a> Nest<'a> {
    const fn of(kind: &'a Kind) -> Self {
        let mut nest = Self { leaf: kind, optional: false, arrays: 0, lists: 0, items: 1 };
        loop {
            nest.leaf = match nest.leaf {
                Kind::Option(item) => {
                    nest.optional = true;
                    item
                }
                Kind::Array(item, len) => {
                    nest.arrays += 1;
                    nest.items = nest.items.saturating_mul(saturated(*len));
                    item
                }
                Kind::List(item) => {
                    nest.lists += 1;
                    item
                }
                _ => return nest,
            }
        }
    }
}

/// A type that needs an attribute, or has one with a value that does not fit. None of this can be waived:
/// without it there is no encoding.
const fn unfit(kind: &Kind, declared: &Declared) -> Option<&'static str> {
    match kind {
        Kind::Bool | Kind::Enum(_) | Kind::Record { .. } => None,
        Kind::Refused(message) => Some(message),
        Kind::Pseudonym if declared.pseudonym => None,
        Kind::Pseudonym => Some(say::UNMARKED_PSEUDONYM),
        Kind::Integer { min, max, .. } => match declared.range {
            Some(Range::Integer(from, to)) if from > to => Some(say::RANGE_EMPTY),
            Some(Range::Integer(from, to)) if from < *min || to > *max => Some(say::RANGE_TYPE),
            Some(Range::Text(..)) => Some(say::RANGE_TEXT),
            _ => None,
        },
        Kind::Float => match (declared.decimals, declared.range) {
            (Some(decimals), _) if decimals > MAX_DECIMALS => Some(say::DECIMALS),
            (Some(_), Some(Range::Float(from, to))) if from > to => Some(say::RANGE_EMPTY),
            (Some(_), Some(Range::Text(..))) => Some(say::RANGE_TEXT),
            (Some(decimals), Some(Range::Float(from, to))) => {
                let fits = to_steps(from, decimals).is_some() && to_steps(to, decimals).is_some();
                let wide = nearest_steps(from, decimals).is_none() || nearest_steps(to, decimals).is_none();
                if fits {
                    None
                } else if wide {
                    Some(say::RANGE_WIDE)
                } else {
                    Some(say::RANGE_GRID)
                }
            }
            _ => Some(say::FLOAT),
        },
        Kind::Time(unit) => match (declared.range, time_range(declared, *unit)) {
            (_, Some((from, to))) if from > to => Some(say::RANGE_EMPTY),
            (_, Some(_)) => None,
            (None, _) => Some(unit.range_missing()),
            (Some(_), None) => Some(unit.range_unfit()),
        },
        Kind::Text => match declared.max_bytes {
            Some(0) => Some(say::ZERO_BOUND),
            Some(_) => None,
            None => Some(say::TEXT),
        },
        Kind::Option(item) => match unfit(item, declared) {
            // A declaration without `absent`, or of a type that can have none, hears of that first.
            Some(message) if declared.absent.is_some() && has_spare_value(item) => Some(message),
            _ => unfit_absent(item, declared),
        },
        Kind::Array(_, 0) => Some(say::ZERO_BOUND),
        Kind::Array(item, _) => unfit(item, declared),
        Kind::List(item) => match declared.max_len {
            Some(0) => Some(say::ZERO_BOUND),
            Some(_) => unfit(item, declared),
            None => Some(say::LIST),
        },
    }
}

/// How many values a number can take, less one; 0 for what is no number.
const fn span(leaf: &Kind, declared: &Declared) -> u128 {
    match (leaf, declared.range) {
        (Kind::Integer { .. }, Some(Range::Integer(from, to))) if from <= to => to.abs_diff(from),
        (Kind::Integer { min, max, .. }, _) => max.abs_diff(*min),
        (Kind::Float, Some(Range::Float(from, to))) => {
            let decimals = match declared.decimals {
                Some(decimals) => decimals,
                None => 0,
            };
            match (nearest_steps(from, decimals), nearest_steps(to, decimals)) {
                (Some(from), Some(to)) => to.abs_diff(from) as u128,
                _ => 0,
            }
        }
        _ => 0,
    }
}

/// The identifying bits of a field, as the schema will count them.
const fn bits(kind: &Kind, declared: &Declared) -> u32 {
    let nest = Nest::of(kind);
    let leaf = match nest.leaf {
        Kind::Bool => 1,
        Kind::Enum(labels) => bits_of(labels.saturating_sub(1) as u128),
        Kind::Record { bits, .. } => *bits,
        Kind::Text => saturated(bound(declared.max_bytes)).saturating_mul(8),
        Kind::Time(unit) => match time_range(declared, *unit) {
            Some((from, to)) => bits_of(to.abs_diff(from) as u128),
            None => 0,
        },
        number => bits_of(span(number, declared)),
    };
    let listed = if nest.lists > 0 { saturated(bound(declared.max_len)) } else { 1 };
    leaf.saturating_mul(nest.items).saturating_mul(listed)
}

/// A range of fewer values is not taken for one of moments.
const SMALL_BITS: u32 = 16;

/// A number of this many values identifies, whatever it is called: a MAC address has as many.
const IDENTIFYING_BITS: u32 = 48;

const fn global_identifier(kind: &Kind, declared: &Declared) -> Option<&'static str> {
    if let Some(message) = named_against(Rule::GlobalIdentifier, kind, declared) {
        return Some(message);
    }
    let bits = bits(kind, declared);
    match Nest::of(kind).leaf {
        leaf if bits_of(span(leaf, declared)) >= IDENTIFYING_BITS => Some(say::GLOBAL_NUMBER),
        leaf if is_byte(span(leaf, declared)) && bits >= IDENTIFYING_BITS => Some(say::GLOBAL_BYTES),
        _ => None,
    }
}

/// Whether a number takes as many values as one or two bytes, or one less.
const fn is_byte(span: u128) -> bool {
    matches!(span, 0xfe | 0xff | 0x100 | 0xfffe | 0xffff | 0x10000)
}

const fn precise_time(kind: &Kind, declared: &Declared) -> Option<&'static str> {
    if let Some(message) = named_against(Rule::PreciseTime, kind, declared) {
        return Some(message);
    }
    let leaf = Nest::of(kind).leaf;
    let (from, to) = match (leaf, declared.range) {
        (Kind::Integer { .. }, Some(Range::Integer(from, to))) => (from, to),
        (Kind::Float, Some(Range::Float(from, to))) => (from as i128, to as i128),
        _ => return None,
    };
    if bits(kind, declared) > SMALL_BITS && (is_unix_time(from, to) || is_written_date(from, to)) {
        return Some(say::UNIX_TIME);
    }
    None
}

/// Whether a range is one of moments around this century: in seconds since 1970, or a thousandth, millionth or
/// billionth of one. A range from 0 is not: it may count anything.
const fn is_unix_time(from: i128, to: i128) -> bool {
    let mut unit = 1;
    while unit <= 1_000_000_000 {
        let overlaps = from <= 4_102_444_800 * unit && to >= 946_684_800 * unit;
        if overlaps && from >= 500_000_000 * unit && to <= 10_000_000_000 * unit {
            return true;
        }
        unit *= 1_000;
    }
    false
}

/// Whether a range is one of days or moments written as a number: 20240315, 202403151432, 20240315143217.
const fn is_written_date(from: i128, to: i128) -> bool {
    (from >= 19_000_101 && to <= 21_001_231)
        || (from >= 190_001_010_000 && to <= 210_012_312_359)
        || (from >= 19_000_101_000_000 && to <= 21_001_231_235_959)
}

const fn precise_number(kind: &Kind, declared: &Declared) -> Option<&'static str> {
    match (Nest::of(kind).leaf, declared.range) {
        (Kind::Integer { width, .. }, None) if *width > 16 => Some(say::WIDE_INTEGER),
        _ => None,
    }
}

const fn progress(kind: &Kind, declared: &Declared, record: RecordKind) -> Option<&'static str> {
    if !matches!(record, RecordKind::Progress) {
        return None;
    }
    let nest = Nest::of(kind);
    let small = match (nest.leaf, declared.range) {
        (Kind::Time(unit), _) => match time_range(declared, *unit) {
            Some((from, to)) => to.abs_diff(from) < 256,
            None => true,
        },
        (leaf, _) => span(leaf, declared) < 256,
    };
    match nest.leaf {
        _ if nest.lists > 0 || nest.arrays > 1 => Some(say::PROGRESS_LIST),
        Kind::Text => Some(say::PROGRESS_TEXT),
        Kind::Float => Some(say::PROGRESS_FLOAT),
        _ if !small => Some(say::PROGRESS_NUMBER),
        _ => None,
    }
}

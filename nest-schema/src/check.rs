//! The rules that a field keeps by its name, type and bounds, wherever it was declared: in Rust or in a manifest.
//!
//! They are constants, so that a declaration in Rust is refused while it compiles, in the same words.

use nest_rules::{self as say, Hint, Holds, Rule};

use crate::field::FieldOf;
use crate::schema::RecordKind;
use crate::time::TimeUnit;
use crate::ty::{TypeOf, bits_of};

/// A type taken apart: what its items are, and what they are nested in.
pub struct Nest<'s> {
    /// What the items are.
    pub leaf: TypeOf<'s>,
    /// Whether an item may be absent.
    pub optional: bool,
    /// How many reasons for absence an item has, where it has some.
    pub reasons: usize,
    /// How many arrays the items are in.
    pub arrays: usize,
    /// How many lists the items are in.
    pub lists: usize,
}

impl<'s> Nest<'s> {
    /// Takes a type apart.
    pub const fn of(ty: &TypeOf<'s>) -> Self {
        let mut nest = Self { leaf: *ty, optional: false, reasons: 0, arrays: 0, lists: 0 };
        loop {
            match nest.leaf {
                TypeOf::Optional { item, absent } => {
                    nest.optional = true;
                    nest.reasons = absent.reasons().len();
                    nest.leaf = *item;
                }
                TypeOf::Array { item, .. } => {
                    nest.arrays += 1;
                    nest.leaf = *item;
                }
                TypeOf::List { item, .. } => {
                    nest.lists += 1;
                    nest.leaf = *item;
                }
                TypeOf::Pseudonym
                | TypeOf::Bool
                | TypeOf::Integer { .. }
                | TypeOf::Decimal { .. }
                | TypeOf::Time { .. }
                | TypeOf::Enum(_)
                | TypeOf::Text { .. }
                | TypeOf::Record(_)
                | TypeOf::OrFiller(_) => return nest,
            }
        }
    }
}

/// A range of fewer values is not taken for one of moments.
const SMALL_BITS: u32 = 16;

/// A number of this many values identifies, whatever it is called: a MAC address has as many.
const IDENTIFYING_BITS: u32 = 48;

/// How many values a number can take, less one; 0 for what is not a number.
const fn span(leaf: &TypeOf<'_>) -> u128 {
    match leaf {
        TypeOf::Integer { min, max } => max.abs_diff(*min),
        TypeOf::Decimal { min, max, .. } => max.abs_diff(*min) as u128,
        TypeOf::Pseudonym
        | TypeOf::Bool
        | TypeOf::Time { .. }
        | TypeOf::Enum(_)
        | TypeOf::Text { .. }
        | TypeOf::Optional { .. }
        | TypeOf::Array { .. }
        | TypeOf::List { .. }
        | TypeOf::Record(_)
        | TypeOf::OrFiller(_) => 0,
    }
}

/// What a field can hold of what its name says.
pub const fn holds(ty: &TypeOf<'_>) -> Holds {
    let bits = ty.bits();
    let leaf = Nest::of(ty).leaf;
    match leaf {
        TypeOf::Text { .. } => Holds::Text,
        TypeOf::Pseudonym => Holds::Pseudonym,
        TypeOf::Time { unit, .. } => {
            Holds::Time { bits, day: matches!(unit, TimeUnit::Day | TimeUnit::Hour) }
        }
        TypeOf::Integer { .. } | TypeOf::Decimal { .. } => Holds::Number { bits, each: bits_of(span(&leaf)) },
        TypeOf::Bool
        | TypeOf::Enum(_)
        | TypeOf::Optional { .. }
        | TypeOf::Array { .. }
        | TypeOf::List { .. }
        | TypeOf::Record(_)
        | TypeOf::OrFiller(_) => Holds::Parts { bits },
    }
}

/// What the names of a field give away against one rule.
#[allow(
    clippy::indexing_slicing,
    reason = "constants cannot use iterators, and the index is below the length"
)]
const fn named_against(rule: Rule, field: &FieldOf<'_>, hints: &[Hint]) -> Option<&'static str> {
    let mut i = 0;
    while i < hints.len() {
        if let Some((broken, message)) = hints[i].refusal(holds(&field.ty))
            && broken as u8 == rule as u8
        {
            return Some(message);
        }
        i += 1;
    }
    None
}

/// What a field gives away that identifies people outside the exchange.
pub const fn global_identifier(field: &FieldOf<'_>, hints: &[Hint]) -> Option<&'static str> {
    if let Some(message) = named_against(Rule::GlobalIdentifier, field, hints) {
        return Some(message);
    }
    let leaf = Nest::of(&field.ty).leaf;
    if bits_of(span(&leaf)) >= IDENTIFYING_BITS {
        return Some(say::GLOBAL_NUMBER);
    }
    if is_byte(span(&leaf)) && field.ty.bits() >= IDENTIFYING_BITS {
        return Some(say::GLOBAL_BYTES);
    }
    None
}

/// Whether a number takes as many values as one or two bytes, or one less.
const fn is_byte(span: u128) -> bool {
    matches!(span, 0xfe | 0xff | 0x100 | 0xfffe | 0xffff | 0x10000)
}

/// What a field gives away that is as precise as a moment.
pub const fn precise_time(field: &FieldOf<'_>, hints: &[Hint]) -> Option<&'static str> {
    if let Some(message) = named_against(Rule::PreciseTime, field, hints) {
        return Some(message);
    }
    let leaf = Nest::of(&field.ty).leaf;
    let (from, to) = match leaf {
        TypeOf::Integer { min, max } => (min, max),
        TypeOf::Decimal { min, max, decimals } => {
            let scale = 10_i128.pow(decimals as u32);
            (min as i128 / scale, max as i128 / scale)
        }
        _ => return None,
    };
    if field.ty.bits() > SMALL_BITS && (is_unix_time(from, to) || is_written_date(from, to)) {
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

/// What a field of a progress record says beyond how far something has come.
pub const fn progress(field: &FieldOf<'_>, record: RecordKind) -> Option<&'static str> {
    if !matches!(record, RecordKind::Progress) {
        return None;
    }
    let nest = Nest::of(&field.ty);
    match nest.leaf {
        _ if nest.lists > 0 || nest.arrays > 1 => Some(say::PROGRESS_LIST),
        TypeOf::Text { .. } => Some(say::PROGRESS_TEXT),
        TypeOf::Decimal { .. } => Some(say::PROGRESS_FLOAT),
        TypeOf::Time { min, max, .. } if max.abs_diff(min) >= 256 => Some(say::PROGRESS_NUMBER),
        leaf if span(&leaf) >= 256 => Some(say::PROGRESS_NUMBER),
        _ => None,
    }
}

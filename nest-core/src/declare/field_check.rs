//! The checks that need a field's type: evaluated while compiling, with a message where they fail.
//!
//! The derive knows tokens only. Here the type behind an alias or a macro is known, and what leaks or
//! contradicts itself is refused with a sentence of [`nest_rules`].

#![allow(clippy::indexing_slicing, reason = "constants cannot use iterators, and every index is checked")]

use nest_rules::{self as say, Hint, Rule};

use crate::declare::absence::{has_spare_value, needs_number, unfit_absent};
use crate::declare::attributes::{Declared, Kind, Range, time_range};
use crate::declare::refusal::Refusal;
use crate::declare::schema::{Field, RecordKind, Type};
use nest_schema::check::holds;
use nest_schema::const_text::Text;
use nest_schema::contradiction::field_fault;
use nest_schema::grid::{MAX_DECIMALS, nearest_steps, to_steps};

/// Refuses a field whose type and attributes leak, or do not make a fixed shape. `field` is the schema's description of
/// it, by which everything is judged that needs no Rust type.
///
/// # Panics
///
/// With the refusal as its message, while compiling.
#[track_caller]
#[allow(clippy::panic, reason = "this is how a constant refuses to compile")]
pub const fn check_field(kind: &Kind, declared: &Declared, field: &Field, record: RecordKind) {
    if let Some(Refusal { message, absent }) = refusal(kind, declared, field, record) {
        let Some((number, end)) = absent else { panic!("{}", message) };
        let text = Text::<512>::new().str(message).integer(number).str(end);
        panic!("{}", text.as_str())
    }
}

const fn refusal(kind: &Kind, declared: &Declared, field: &Field, record: RecordKind) -> Option<Refusal> {
    if let Some(refusal) = needs_number(kind, declared) {
        return Some(refusal);
    }
    match message(kind, declared, field, record) {
        Some(message) => Some(Refusal { message, absent: None }),
        None => None,
    }
}

const fn message(
    kind: &Kind,
    declared: &Declared,
    field: &Field,
    record: RecordKind,
) -> Option<&'static str> {
    if let Some(message) = stray(kind, declared) {
        return Some(message);
    }
    let unbounded = match Nest::of(kind).leaf {
        Kind::Text => declared.max_bytes.is_none(),
        Kind::Integer { .. } | Kind::Float => declared.range.is_none(),
        _ => false,
    };
    if unbounded && let Some(message) = named(field, declared, record) {
        // A bound would not mend it: the name is refused of a bounded field as well.
        return Some(message);
    }
    if let Some(message) = unfit(kind, declared) {
        return Some(message);
    }
    if let Some(message) = field_fault(field, declared.hints, record) {
        return Some(message);
    }
    match (precise_number(kind, declared), field.waives(Rule::PreciseNumber)) {
        (Some(message), false) => Some(message),
        (None, true) => Some(say::WAIVER_IDLE),
        _ => None,
    }
}

/// What the names of an unbounded field give away, and no waiver sets aside.
const fn named(field: &Field, declared: &Declared, record: RecordKind) -> Option<&'static str> {
    if let RecordKind::Linkage = record {
        return None;
    }
    let text = matches!(nest_schema::check::Nest::of(&field.ty).leaf, Type::Text { .. });
    let mut i = 0;
    while i < declared.hints.len() {
        // What is called a time may be a duration, which needs a range only.
        let time = matches!(declared.hints[i], Hint::Time) && !text;
        if !time
            && let Some((rule, message)) = declared.hints[i].refusal(holds(&field.ty))
            && !field.waives(rule)
        {
            return Some(message);
        }
        i += 1;
    }
    None
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
    if nest.answer && nest.optional {
        return Some(say::ANSWER_IN_OPTION);
    }
    if declared.absent.is_some() && nest.answer {
        return Some(say::ANSWER_ABSENT);
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
    answer: bool,
    lists: usize,
}

impl<'a> Nest<'a> {
    const fn of(kind: &'a Kind) -> Self {
        let mut nest = Self { leaf: kind, optional: false, answer: false, lists: 0 };
        loop {
            nest.leaf = match nest.leaf {
                Kind::Option(item) => {
                    nest.optional = true;
                    item
                }
                Kind::Answer(item) => {
                    nest.answer = true;
                    item
                }
                Kind::Array(item, _) => item,
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
        Kind::Bool | Kind::Enum | Kind::Record { .. } => None,
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
        Kind::Answer(item) if has_spare_value(item) => unfit(item, declared),
        Kind::Answer(_) => Some(say::ANSWER_UNFIT),
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

const fn precise_number(kind: &Kind, declared: &Declared) -> Option<&'static str> {
    match (Nest::of(kind).leaf, declared.range) {
        (Kind::Integer { width, .. }, None) if *width > 16 => Some(say::WIDE_INTEGER),
        _ => None,
    }
}

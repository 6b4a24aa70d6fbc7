//! Checks of `absent`: what stands for the absence of a value, or what else to do where nothing can.

use nest_rules as say;

use crate::declare::attributes::{Declared, Kind, Range, Reserved};
use crate::declare::refusal::Refusal;
use nest_schema::grid::to_steps;

/// A number that may be absent, and has none that stands for it, or one that is a value as well: the message suggests
/// another.
pub(crate) const fn needs_number(kind: &Kind, declared: &Declared) -> Option<Refusal> {
    let opening = match declared.absent {
        None => say::OPTION_NUMBER,
        Some(Reserved::BuiltIn) => say::ABSENT_NUMBER,
        Some(reserved) if is_value(kind, declared, reserved) => say::ABSENT_INSIDE,
        Some(_) => return None,
    };
    let (number, end) = match (optional(kind), declared.range) {
        (Some(Kind::Integer { min, max, .. }), Some(Range::Integer(from, to))) => {
            (say::free_number(from, to, *min, *max), say::ABSENT_END)
        }
        (Some(Kind::Float), Some(Range::Float(from, to))) => {
            // A grid so fine that a number this large is not on it refuses the suggestion in its turn.
            let most = 1_000_000_000_000_i128;
            let (from, to) = (from.floor() as i128, to.ceil() as i128);
            (say::free_number(from, to, -most, most), say::ABSENT_END_DECIMAL)
        }
        _ => return None,
    };
    match number {
        Some(number) => Some(Refusal { message: opening, absent: Some((number, end)) }),
        None => None,
    }
}

/// Whether the number that stands for absence lies inside a sound range.
const fn is_value(kind: &Kind, declared: &Declared, reserved: Reserved) -> bool {
    match (optional(kind), declared.range, reserved) {
        (Some(Kind::Integer { min, max, .. }), Some(Range::Integer(from, to)), Reserved::Integer(value)) => {
            from >= *min && to <= *max && from <= value && value <= to
        }
        (Some(Kind::Float), Some(Range::Float(from, to)), Reserved::Float(value)) => {
            from <= value && value <= to
        }
        _ => false,
    }
}

/// What may be absent, wherever it stands in arrays and lists.
const fn optional(kind: &Kind) -> Option<&Kind> {
    match kind {
        Kind::Option(item) => Some(item),
        Kind::Array(item, _) | Kind::List(item) => optional(item),
        _ => None,
    }
}

/// Whether a type has a value that can be reserved.
pub(crate) const fn has_spare_value(item: &Kind) -> bool {
    !matches!(
        item,
        Kind::Pseudonym
            | Kind::Record { .. }
            | Kind::Option(_)
            | Kind::Answer(_)
            | Kind::Array(..)
            | Kind::List(_)
    )
}

/// An `absent` that does not fit the type that may be absent.
pub(crate) const fn unfit_absent(item: &Kind, declared: &Declared) -> Option<&'static str> {
    match (item, declared.absent) {
        (Kind::Option(_) | Kind::Array(..), _) => Some(say::ABSENT_UNFIT),
        (Kind::Answer(_), _) => Some(say::ANSWER_IN_OPTION),
        (Kind::List(_), _) => Some(say::ABSENT_LIST),
        (Kind::Pseudonym, _) => Some(say::ABSENT_PSEUDONYM),
        (Kind::Record { variants: true, .. }, _) => Some(say::ABSENT_VARIANTS),
        (Kind::Record { .. }, _) => Some(say::ABSENT_RECORD),
        (Kind::Refused(message), _) => Some(message),
        (Kind::Bool | Kind::Enum | Kind::Time(_), None) => Some(say::OPTION_BUILT_IN),
        (Kind::Text, None) => Some(say::OPTION_TEXT),
        (Kind::Float, None) => Some(say::OPTION_DECIMAL),
        (Kind::Integer { .. }, None) => Some(say::OPTION_WHOLE),
        (Kind::Bool | Kind::Enum | Kind::Time(_), Some(Reserved::BuiltIn)) => None,
        (Kind::Bool | Kind::Enum | Kind::Time(_), _) => Some(say::ABSENT_BUILT_IN),
        (Kind::Integer { min, max, .. }, Some(Reserved::Integer(value))) => {
            if value < *min || value > *max {
                Some(say::ABSENT_RANGE)
            } else {
                None
            }
        }
        (Kind::Text, Some(Reserved::Text(text))) => match declared.max_bytes {
            Some(max_bytes) if text.len() > max_bytes => Some(say::ABSENT_RANGE),
            _ => None,
        },
        (Kind::Float, Some(Reserved::Float(value))) => match declared.decimals {
            Some(decimals) if to_steps(value, decimals).is_none() => Some(say::ABSENT_RANGE),
            _ => None,
        },
        (Kind::Integer { .. } | Kind::Float | Kind::Text, _) => Some(say::ABSENT_VALUE),
    }
}

//! What the attributes of a field declare, and the checks that need its type: evaluated while compiling.
//!
//! The derive copies attributes into a [`Declared`] without knowing types. Here the type behind an alias or
//! a macro is known, and a declaration that leaks or contradicts itself is refused with a message of
//! [`nest_rules`].

use core::marker::PhantomData;

use nest_rules as say;

use crate::PepRecord;
use crate::schema::{Absent, Type};

/// The attributes of one field, as written.
#[derive(Debug, Clone, Copy)]
pub struct Declared {
    /// `pseudonym`
    pub pseudonym: bool,
    /// `range = a..=b`
    pub range: Option<Range>,
    /// `decimals = N`
    pub decimals: Option<u8>,
    /// `max_bytes = N`
    pub max_bytes: Option<usize>,
    /// `max_len = N`
    pub max_len: Option<usize>,
    /// `absent`, `absent = value`
    pub absent: Option<Reserved>,
}

impl Declared {
    /// A field without attributes.
    pub const NOTHING: Declared = Declared {
        pseudonym: false,
        range: None,
        decimals: None,
        max_bytes: None,
        max_len: None,
        absent: None,
    };
}

/// Both bounds of `range`, included.
#[derive(Debug, Clone, Copy)]
pub enum Range {
    /// Without `decimals`.
    Integer(i128, i128),
    /// With `decimals`.
    Float(f64, f64),
}

/// The value of `absent`.
#[derive(Debug, Clone, Copy)]
pub enum Reserved {
    /// A number, without `decimals`.
    Integer(i128),
    /// A number, with `decimals`.
    Float(f64),
    /// A text.
    Text(&'static str),
    /// No value: `absent` alone.
    BuiltIn,
}

/// What a type is, before its field's attributes are known.
#[derive(Debug, Clone, Copy)]
pub enum Kind {
    /// [`Pseudonym`](crate::Pseudonym)
    Pseudonym,
    /// `bool`
    Bool,
    /// An integer type with its own bounds.
    Integer {
        /// The type's smallest value.
        min: i128,
        /// The type's largest value.
        max: i128,
        /// The type's width in bits.
        width: u32,
    },
    /// `f32` or `f64`
    Float,
    /// `String`
    Text,
    /// A derived enum without data.
    Enum,
    /// `Option<T>`
    Option(&'static Kind),
    /// `[T; N]`
    Array(&'static Kind, usize),
    /// `Vec<T>`
    List(&'static Kind),
    /// A derived record.
    Record,
}

/// Leads from a field's type to the attributes of that field: field `I` of record `R`.
pub struct Slot<R, const I: usize>(PhantomData<R>);

/// A place where attributes were declared.
pub trait Declaration {
    /// The attributes.
    const DECLARED: Declared;
}

impl<R: PepRecord, const I: usize> Declaration for Slot<R, I> {
    const DECLARED: Declared = R::__DECLARED[I];
}

/// Refuses a field whose type and attributes do not make a fixed shape.
///
/// # Panics
///
/// With the refusal as its message, while compiling.
#[track_caller]
#[allow(clippy::panic, reason = "this is how a constant refuses to compile")]
pub const fn check_field(kind: &Kind, declared: &Declared) {
    if let Some(message) = refusal(kind, declared) {
        panic!("{}", message)
    }
}

/// Why a field is refused.
const fn refusal(kind: &Kind, declared: &Declared) -> Option<&'static str> {
    if let Some(message) = stray(kind, declared) {
        return Some(message);
    }
    unfit(kind, declared)
}

/// An attribute that means nothing on this type.
const fn stray(kind: &Kind, declared: &Declared) -> Option<&'static str> {
    let mut leaf = kind;
    let mut optional = false;
    let mut list = false;
    loop {
        leaf = match leaf {
            Kind::Option(item) => {
                optional = true;
                item
            }
            Kind::List(item) => {
                if list {
                    return Some(say::NESTED_LIST);
                }
                list = true;
                item
            }
            Kind::Array(item, _) => item,
            _ => break,
        }
    }
    if declared.pseudonym && !matches!(leaf, Kind::Pseudonym) {
        return Some(say::NOT_A_PSEUDONYM);
    }
    if declared.decimals.is_some() && !matches!(leaf, Kind::Float) {
        return Some(say::STRAY_DECIMALS);
    }
    if declared.range.is_some() && !matches!(leaf, Kind::Float | Kind::Integer { .. }) {
        return Some(say::STRAY_RANGE);
    }
    if declared.max_bytes.is_some() && !matches!(leaf, Kind::Text) {
        return Some(say::STRAY_MAX_BYTES);
    }
    if declared.max_len.is_some() && !list {
        return Some(say::STRAY_MAX_LEN);
    }
    if declared.absent.is_some() && !optional {
        return Some(say::ABSENT_WITHOUT_OPTION);
    }
    None
}

/// A type that needs an attribute, or has one with a value that does not fit.
const fn unfit(kind: &Kind, declared: &Declared) -> Option<&'static str> {
    match kind {
        Kind::Bool | Kind::Enum | Kind::Record => None,
        Kind::Pseudonym if declared.pseudonym => None,
        Kind::Pseudonym => Some(say::UNMARKED_PSEUDONYM),
        Kind::Integer { min, max, width } => match declared.range {
            Some(Range::Integer(from, to)) if from > to => Some(say::RANGE_EMPTY),
            Some(Range::Integer(from, to)) if from < *min || to > *max => Some(say::RANGE_TYPE),
            Some(Range::Integer(..)) => None,
            Some(Range::Float(..)) => Some(say::STRAY_DECIMALS),
            None if *width > 16 => Some(say::WIDE_INTEGER),
            None => None,
        },
        Kind::Float => match (declared.decimals, declared.range) {
            (Some(decimals), _) if decimals > MAX_DECIMALS => Some(say::DECIMALS),
            (Some(_), Some(Range::Float(from, to))) if from > to => Some(say::RANGE_EMPTY),
            (Some(decimals), Some(Range::Float(from, to))) => {
                match (to_steps(from, decimals), to_steps(to, decimals)) {
                    (Some(_), Some(_)) => None,
                    _ if wide(from, decimals) || wide(to, decimals) => Some(say::RANGE_WIDE),
                    _ => Some(say::RANGE_GRID),
                }
            }
            _ => Some(say::FLOAT),
        },
        Kind::Text => match declared.max_bytes {
            Some(0) => Some(say::ZERO_BOUND),
            Some(_) => None,
            None => Some(say::TEXT),
        },
        Kind::Option(item) => match unfit(item, declared) {
            // A declaration without `absent` hears of that first.
            Some(message) if declared.absent.is_some() => Some(message),
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

/// An `absent` that does not fit the type that may be absent.
const fn unfit_absent(item: &Kind, declared: &Declared) -> Option<&'static str> {
    let Some(absent) = declared.absent else {
        return Some(say::OPTION);
    };
    match (item, absent) {
        (Kind::Bool | Kind::Enum, Reserved::BuiltIn) => None,
        (Kind::Bool | Kind::Enum, _) => Some(say::ABSENT_BUILT_IN),
        (Kind::Integer { min, max, .. }, Reserved::Integer(value)) => {
            if value < *min || value > *max {
                Some(say::ABSENT_RANGE)
            } else {
                None
            }
        }
        (Kind::Text, Reserved::Text(text)) => match declared.max_bytes {
            Some(max_bytes) if text.len() > max_bytes => Some(say::ABSENT_RANGE),
            _ => None,
        },
        (Kind::Float, Reserved::Float(value)) => match declared.decimals {
            Some(decimals) if to_steps(value, decimals).is_none() => Some(say::ABSENT_RANGE),
            _ => None,
        },
        (Kind::Integer { .. } | Kind::Float | Kind::Text, _) => Some(say::ABSENT_VALUE),
        _ => Some(say::ABSENT_UNFIT),
    }
}

/// The most decimals: with 12, a range of ±9007 is still exact.
const MAX_DECIMALS: u8 = 12;

/// Numbers of steps up to here are exact in an `f64`.
const MAX_STEPS: f64 = (1_i64 << 53) as f64;

/// `10^decimals`, exactly.
pub(crate) const fn scale(decimals: u8) -> f64 {
    let mut scale = 1.0;
    let mut i = 0;
    while i < decimals {
        scale *= 10.0;
        i += 1;
    }
    scale
}

/// The number of steps of `10^-decimals` that make up a number on that grid.
pub(crate) const fn to_steps(number: f64, decimals: u8) -> Option<i64> {
    let steps = nearest_steps(number, decimals);
    match steps {
        Some(steps) if from_steps(steps, decimals) == number => Some(steps),
        _ => None,
    }
}

/// The number of steps nearest to a number; `None` where it cannot be held exactly.
pub(crate) const fn nearest_steps(number: f64, decimals: u8) -> Option<i64> {
    let steps = (number * scale(decimals)).round();
    if steps.abs() <= MAX_STEPS { Some(steps as i64) } else { None }
}

/// The number that a number of steps stands for: the nearest `f64`, never a negative zero.
pub(crate) const fn from_steps(steps: i64, decimals: u8) -> f64 {
    steps as f64 / scale(decimals)
}

const fn wide(number: f64, decimals: u8) -> bool {
    nearest_steps(number, decimals).is_none()
}

/// The type of an integer field. Where the declaration is refused, any type will do.
pub(crate) const fn integer_type(declared: &Declared, min: i128, max: i128) -> Type {
    match declared.range {
        Some(Range::Integer(min, max)) => Type::Integer { min, max },
        _ => Type::Integer { min, max },
    }
}

/// The type of a float field. Where the declaration is refused, any type will do.
pub(crate) const fn decimal_type(declared: &Declared) -> Type {
    let decimals = declared_decimals(declared);
    let (min, max) = match declared.range {
        Some(Range::Float(from, to)) => (to_steps(from, decimals), to_steps(to, decimals)),
        _ => (None, None),
    };
    match (min, max) {
        (Some(min), Some(max)) => Type::Decimal { min, max, decimals },
        _ => Type::Decimal { min: 0, max: 0, decimals },
    }
}

const fn declared_decimals(declared: &Declared) -> u8 {
    match declared.decimals {
        Some(decimals) if decimals <= MAX_DECIMALS => decimals,
        _ => 0,
    }
}

/// What stands for absence. Where the declaration is refused, anything will do.
pub(crate) const fn absent(declared: &Declared) -> Absent {
    match declared.absent {
        Some(Reserved::Integer(value)) => Absent::Number(value),
        Some(Reserved::Float(value)) => match to_steps(value, declared_decimals(declared)) {
            Some(steps) => Absent::Number(steps as i128),
            None => Absent::BuiltIn,
        },
        Some(Reserved::Text(text)) => Absent::Text(text),
        _ => Absent::BuiltIn,
    }
}

/// The declared bound, or 0 where the declaration is refused.
pub(crate) const fn bound(declared: Option<usize>) -> usize {
    match declared {
        Some(bound) => bound,
        None => 0,
    }
}

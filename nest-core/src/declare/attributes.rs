//! What the attributes of a field declare, and the schema's type that follows from it.

#![allow(clippy::indexing_slicing, reason = "constants cannot use iterators, and every index is checked")]

use core::marker::PhantomData;

use nest_rules::Hint;

use crate::PepRecord;
use crate::declare::schema::TimeUnit;
use crate::declare::schema::{Absent, Type};
use nest_schema::grid::{MAX_DECIMALS, from_steps, nearest_steps, to_steps};

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
    /// What the field's names, in the program and on the wire, say about its content.
    pub hints: &'static [Hint],
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
        hints: &[],
    };
}

/// Both bounds of `range`, included.
#[derive(Debug, Clone, Copy)]
pub enum Range {
    /// Without `decimals`.
    Integer(i128, i128),
    /// With `decimals`.
    Float(f64, f64),
    /// In quotes, for coarse times.
    Text(&'static str, &'static str),
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

/// A type of constants that can bound a whole number.
#[diagnostic::on_unimplemented(
    message = "a bound of whole numbers is a whole number, and this is `{Self}`",
    label = "not a whole number",
    note = "for numbers with a fraction declare a grid, `#[pep(decimals = 1, range = 0.0..=100.0)]`"
)]
pub trait Whole {}

/// A type of constants that can bound a decimal number.
#[diagnostic::on_unimplemented(
    message = "a bound of numbers is a number, and this is `{Self}`",
    label = "not a number"
)]
pub trait Numeric {}

macro_rules! numbers {
    ($name:ident: $($number:ty),*) => {$(impl $name for $number {})*};
}

numbers!(Whole: u8, u16, u32, u64, usize, i8, i16, i32, i64, isize, i128);
numbers!(Numeric: f32, f64, u8, u16, u32, u64, usize, i8, i16, i32, i64, isize, i128);

/// Compiles for whole numbers only: a cast would turn anything else into one without a word.
pub const fn is_whole<T: Whole>(_: &T) {}

/// Compiles for numbers only.
pub const fn is_number<T: Numeric>(_: &T) {}

/// A bound of a field of 32 bits: the number on the grid that it is nearest to, where that is the same in 32 bits.
///
/// `34.2_f32` is 34.20000076 in 64 bits, and 34.2 is what its author wrote.
pub const fn single(number: f32, decimals: u8) -> f64 {
    if decimals <= MAX_DECIMALS
        && let Some(steps) = nearest_steps(number as f64, decimals)
        && from_steps(steps, decimals) as f32 == number
    {
        return from_steps(steps, decimals);
    }
    number as f64
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
    /// A type of [`time`](crate::declare::time)
    Time(TimeUnit),
    /// `String`
    Text,
    /// A derived enum without data
    Enum,
    /// `Option<T>`
    Option(&'static Kind),
    /// `Answer<T, R>`
    Answer(&'static Kind),
    /// `[T; N]`
    Array(&'static Kind, usize),
    /// `Vec<T>`
    List(&'static Kind),
    /// A derived record.
    Record {
        /// Whether it is an enum with data.
        variants: bool,
    },
    /// A type of the standard library that leaks, and why.
    Refused(&'static str),
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

// The functions below are total: where a declaration is refused, any type will do, since it is refused by a
// check of its own with a better message.

/// The type of an integer field.
pub(crate) const fn integer_type(declared: &Declared, min: i128, max: i128) -> Type {
    match declared.range {
        Some(Range::Integer(min, max)) => Type::Integer { min, max },
        _ => Type::Integer { min, max },
    }
}

/// The type of a float field.
pub(crate) const fn decimal_type(declared: &Declared) -> Type {
    let decimals = decimals(declared);
    let bounds = match declared.range {
        Some(Range::Float(from, to)) => (to_steps(from, decimals), to_steps(to, decimals)),
        _ => (None, None),
    };
    match bounds {
        (Some(min), Some(max)) => Type::Decimal { min, max, decimals },
        _ => Type::Decimal { min: 0, max: 0, decimals },
    }
}

/// The type of a field with a coarse time.
pub(crate) const fn time_type(declared: &Declared, unit: TimeUnit) -> Type {
    match time_range(declared, unit) {
        Some((min, max)) => Type::Time { unit, min, max },
        None => Type::Time { unit, min: 0, max: 0 },
    }
}

/// The declared range in counts of the unit.
pub(crate) const fn time_range(declared: &Declared, unit: TimeUnit) -> Option<(i64, i64)> {
    let (min, max) = match (declared.range, unit) {
        (Some(Range::Integer(from, to)), TimeUnit::Year)
            if from >= 0 && from <= 9999 && to >= 0 && to <= 9999 =>
        {
            (Some(from as i64), Some(to as i64))
        }
        (Some(Range::Text(from, to)), _) => (unit.parse(from), unit.parse(to)),
        (None, _) => return unit.whole(),
        _ => (None, None),
    };
    match (min, max) {
        (Some(min), Some(max)) => Some((min, max)),
        _ => None,
    }
}

const fn decimals(declared: &Declared) -> u8 {
    match declared.decimals {
        Some(decimals) if decimals <= MAX_DECIMALS => decimals,
        _ => 0,
    }
}

/// What stands for absence.
pub(crate) const fn absent(declared: &Declared) -> Absent {
    match declared.absent {
        Some(Reserved::Integer(value)) => Absent::Number(value),
        Some(Reserved::Float(value)) => match to_steps(value, decimals(declared)) {
            Some(steps) => Absent::Number(steps as i128),
            None => Absent::BuiltIn,
        },
        Some(Reserved::Text(text)) => Absent::Text(text),
        _ => Absent::BuiltIn,
    }
}

/// A declared bound.
pub(crate) const fn bound(declared: Option<usize>) -> usize {
    match declared {
        Some(bound) => bound,
        None => 0,
    }
}

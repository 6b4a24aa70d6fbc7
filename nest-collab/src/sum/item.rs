//! What is summed: by fields that are checked while compiling, or by names from a manifest.

use std::fmt;
use std::str::FromStr;

use nest_core::{FieldRef, Label, Number, uses};

/// One thing to sum over the records of a Rust type.
///
/// Its fields are checked while compiling: a field without `uses(sum)` cannot be summed.
///
/// ```
/// use nest_collab::sum::{SumItem, SumOf};
/// use nest_core::{field, prelude::*};
///
/// #[derive(PepRecord)]
/// #[pep(max_blocks = 2)]
/// struct Patient {
///     #[pep(range = 0..=400, uses(sum))]
///     visits: u16,
///     #[pep(uses(group_by))]
///     smoker: bool,
/// }
///
/// let visits = SumOf::<Patient>::Sum(field!(Patient.visits));
/// let smokers = SumOf::<Patient>::Histogram(field!(Patient.smoker));
/// assert_eq!(visits.item(), SumItem::Sum("visits".to_owned()));
/// assert_eq!(smokers.item().to_string(), "smoker:histogram");
/// ```
///
/// ```compile_fail
/// use nest_collab::sum::SumOf;
/// use nest_core::{field, prelude::*};
///
/// #[derive(PepRecord)]
/// #[pep(max_blocks = 1)]
/// struct Patient {
///     #[pep(range = 0..=400)]
///     visits: u16,
/// }
///
/// // `visits` of `Patient` is not declared for this use [use]: add `uses(sum)` to the field
/// let visits = SumOf::<Patient>::Sum(field!(Patient.visits));
/// ```
#[derive(Debug)]
#[non_exhaustive]
pub enum SumOf<R> {
    /// The number of people.
    Count,
    /// The sum of a field.
    Sum(FieldRef<R, Number, uses::Sum>),
    /// The sum of the squares of a field, from which a variance follows.
    Squares(FieldRef<R, Number, uses::Sum>),
    /// The number of people for each value of a field.
    Histogram(FieldRef<R, Label, uses::GroupBy>),
}

impl<R> SumOf<R> {
    /// The same by name.
    pub fn item(&self) -> SumItem {
        match self {
            SumOf::Count => SumItem::Count,
            SumOf::Sum(field) => SumItem::Sum(field.path()),
            SumOf::Squares(field) => SumItem::Squares(field.path()),
            SumOf::Histogram(field) => SumItem::Histogram(field.path()),
        }
    }
}

impl<R> Clone for SumOf<R> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<R> Copy for SumOf<R> {}

/// One thing to sum, by the name of its field: for records that have a manifest and no Rust type.
///
/// As a text: `count`, `visits`, `visits:squares`, `ward:histogram`.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum SumItem {
    /// The number of people.
    Count,
    /// The sum of a field that was declared with the use `sum`.
    Sum(String),
    /// The sum of the squares of a field that was declared with the use `sum`.
    Squares(String),
    /// The number of people for each value of a field that was declared with the use `group_by`.
    Histogram(String),
}

impl fmt::Display for SumItem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            SumItem::Count => f.write_str("count"),
            SumItem::Sum(field) => f.write_str(field),
            SumItem::Squares(field) => write!(f, "{field}:squares"),
            SumItem::Histogram(field) => write!(f, "{field}:histogram"),
        }
    }
}

impl FromStr for SumItem {
    type Err = std::convert::Infallible;

    /// Reads what `Display` writes. Every text is one: whether the field exists is seen in the plan.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Ok(match text.rsplit_once(':') {
            _ if text == "count" => SumItem::Count,
            Some((field, "squares")) => SumItem::Squares(field.to_owned()),
            Some((field, "histogram")) => SumItem::Histogram(field.to_owned()),
            _ => SumItem::Sum(text.to_owned()),
        })
    }
}

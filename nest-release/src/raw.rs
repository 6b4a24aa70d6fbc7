//! A number about people that has not passed the gate, and cannot be looked at.

use crate::bounds::{Axis, Column};
use crate::shape::{Count, Histogram, MAX_TABLE_CELLS, Mean, Shape, Table, Total, sealed::Parts};
use crate::survey::{Part, PartRaw, Survey, SurveyParts};
use crate::tally::TallyError;

/// An aggregate before any protection: its value, the number of people behind it, and the declared bounds.
///
/// Nothing shows the value. It leaves through a [`ReleasePolicy`](crate::ReleasePolicy) or through
/// [`Budget::commit`](crate::Budget::commit), and both consume it. It cannot be printed, copied, sent or looked into,
/// so that a log line, a cache or an HTTP handler cannot leak it by mistake:
///
/// ```compile_fail,E0277
/// fn print(raw: nest_release::RawAggregate<nest_release::Mean>) {
///     println!("{raw:?}"); // no `Debug`
/// }
/// ```
///
/// ```compile_fail,E0277
/// fn send(raw: nest_release::RawAggregate<nest_release::Mean>) {
///     let _ = serde_json::to_string(&raw); // no `Serialize`
/// }
/// ```
///
/// ```compile_fail,E0599
/// fn keep(raw: &nest_release::RawAggregate<nest_release::Mean>) -> nest_release::RawAggregate<nest_release::Mean> {
///     raw.clone() // no `Clone`: the same value cannot be released twice
/// }
/// ```
///
/// ```compile_fail,E0614
/// fn look(raw: nest_release::RawAggregate<nest_release::Mean>) -> i128 {
///     *raw // no `Deref`
/// }
/// ```
///
/// ```compile_fail,E0616
/// fn take(raw: nest_release::RawAggregate<nest_release::Mean>) -> i128 {
///     raw.raw // private
/// }
/// ```
#[must_use = "an aggregate leaves only through a release policy or a budget"]
pub struct RawAggregate<S: Shape> {
    raw: S::Raw,
    contributors: u32,
    bounds: S::Bounds,
}

impl<S: Shape> RawAggregate<S> {
    pub(crate) fn new(raw: S::Raw, contributors: u32, bounds: S::Bounds) -> Self {
        Self { raw, contributors, bounds }
    }

    /// Adds an aggregate of other people.
    ///
    /// Nothing can check here that they are others. Where rows of the same people may be on both sides, merge
    /// [tallies](crate::Tally) instead.
    ///
    /// # Errors
    /// The other aggregate is of another field, or there are more than 2^32 people.
    pub fn merge_other_people(mut self, other: Self) -> Result<Self, TallyError> {
        if self.bounds != other.bounds {
            return Err(TallyError::Mismatch);
        }
        self.contributors = self.contributors.checked_add(other.contributors).ok_or(TallyError::TooMany)?;
        S::merge(&mut self.raw, other.raw);
        Ok(self)
    }

    pub(crate) fn raw(&self) -> &S::Raw {
        &self.raw
    }

    pub(crate) fn contributors(&self) -> u32 {
        self.contributors
    }

    pub(crate) fn bounds(&self) -> &S::Bounds {
        &self.bounds
    }
}

/// For protocols that add up what several parties hold, so that no party has a row for each person.
///
/// The caller answers for two things that cannot be seen in a sum: that each person was counted once, and
/// that each contributed one value within the declared bounds.
impl RawAggregate<Count> {
    /// A number of people.
    pub fn from_people(people: u32) -> Self {
        Self::new((), people, ())
    }
}

macro_rules! from_sum {
    ($shape:ident) => {
        /// For protocols that add up what several parties hold: see [`RawAggregate::<Count>::from_people`].
        impl RawAggregate<$shape> {
            /// A sum in steps over a number of people.
            ///
            /// # Errors
            /// So many people with values within the bounds cannot have that sum.
            pub fn from_sum(column: Column, sum: i128, people: u32) -> Result<Self, TallyError> {
                let people_wide = i128::from(people);
                let possible = column.min() * people_wide..=column.max() * people_wide;
                if !possible.contains(&sum) {
                    return Err(TallyError::Mismatch);
                }
                Ok(Self::new(2 * sum - column.twice_middle() * people_wide, people, column))
            }
        }
    };
}

from_sum!(Mean);
from_sum!(Total);

/// For protocols that add up what several parties hold: see [`RawAggregate::<Count>::from_people`].
impl RawAggregate<Histogram> {
    /// The number of people in each cell, in the order of the axis.
    ///
    /// # Errors
    /// There are not as many counts as cells, or more than 2^32 people.
    pub fn from_counts(axis: Axis, counts: Vec<u64>) -> Result<Self, TallyError> {
        from_counts(counts, axis.cells(), axis)
    }
}

/// For protocols that add up what several parties hold: see [`RawAggregate::<Count>::from_people`].
impl RawAggregate<Table> {
    /// The number of people in each cell, row after row.
    ///
    /// # Errors
    /// There are not as many counts as cells, more than [`MAX_TABLE_CELLS`] cells, or more than 2^32 people.
    pub fn from_counts(rows: Axis, columns: Axis, counts: Vec<u64>) -> Result<Self, TallyError> {
        let cells = rows.cells().saturating_mul(columns.cells());
        if cells > MAX_TABLE_CELLS {
            return Err(TallyError::TooMany);
        }
        from_counts(counts, cells, (rows, columns))
    }
}

/// What a protocol has added up for one part of a survey.
#[derive(Clone)]
pub enum PartSum {
    /// For a [`Part::Count`]: a number of people.
    People(u32),
    /// For a [`Part::Mean`] or a [`Part::Total`].
    Sum {
        /// The sum in steps.
        sum: i128,
        /// The number of people.
        people: u32,
    },
    /// For a [`Part::Histogram`]: the number of people in each cell, in the order of the axis.
    Counts(Vec<u64>),
}

/// For protocols that add up what several parties hold: see [`RawAggregate::<Count>::from_people`].
impl RawAggregate<Survey> {
    /// The sums of each part, in the order of the parts, over so many people in all. Correlations and quantiles cannot
    /// be made of such sums.
    ///
    /// # Errors
    /// There are not as many sums as parts, one does not fit its part, or so many people cannot have that sum.
    pub fn from_sums(parts: SurveyParts, contributors: u32, sums: Vec<PartSum>) -> Result<Self, TallyError> {
        if parts.parts().len() != sums.len() {
            return Err(TallyError::Mismatch);
        }
        let raw = parts.parts().iter().zip(sums).map(|(part, sum)| {
            let (people, numbers) = match (part, sum) {
                (Part::Count, PartSum::People(people)) => (people, Vec::new()),
                (Part::Mean(column) | Part::Total(column), PartSum::Sum { sum, people }) => {
                    (people, vec![*RawAggregate::<Total>::from_sum(column.clone(), sum, people)?.raw()])
                }
                (Part::Histogram(axis), PartSum::Counts(counts)) => {
                    let raw = RawAggregate::<Histogram>::from_counts(axis.clone(), counts)?;
                    (raw.contributors(), raw.raw().iter().map(|count| i128::from(*count)).collect())
                }
                _ => return Err(TallyError::Mismatch),
            };
            if people > contributors {
                return Err(TallyError::Mismatch);
            }
            Ok(PartRaw { people: people.into(), numbers })
        });
        Ok(Self::new(raw.collect::<Result<_, _>>()?, contributors, parts))
    }
}

fn from_counts<S: Shape + Parts<Raw = Vec<u64>>>(
    counts: Vec<u64>,
    cells: usize,
    bounds: S::Bounds,
) -> Result<RawAggregate<S>, TallyError> {
    if counts.len() != cells {
        return Err(TallyError::Mismatch);
    }
    let people = counts.iter().try_fold(0_u32, |sum, count| sum.checked_add(u32::try_from(*count).ok()?));
    Ok(RawAggregate::new(counts, people.ok_or(TallyError::TooMany)?, bounds))
}

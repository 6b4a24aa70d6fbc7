//! The one gate that every aggregate about people passes: sums, tables, query results and data sets.
//!
//! Whatever was added up is a [`RawAggregate`], which cannot be printed, copied or sent. It becomes a [`Released`]
//! number in one of two ways:
//!
//! * **Exact**, by a [`ReleasePolicy`]: [`MinimumContributors`] for one number, [`MinimumCell`] for histograms and
//!   tables. Nothing adds up what repeated answers tell.
//! * **With noise**, by [`Budget::ask`] and [`Budget::commit`]: ε-differential privacy, charged to each person in a
//!   durable ledger, one draw for each question.
//!
//! Data sets with a row for each person leave k-anonymous, by [`Budget::release_data_set`].
//!
//! Bounds come from the schema ([`Column`], [`Axis`], [`DataSetFields`]), never from the data. Values are whole numbers
//! from the data to the noise. What each policy promises, and what it does not, is in [`guide`].
//!
//! ```
//! use nest_release::{Axis, Histogram, MinimumCell, PersonToken, ReleasePolicy, Suppressible, Tally};
//! use nest_schema::Manifest;
//!
//! let schema = Manifest::from_json(r#"{"nest": 1, "name": "Visit", "fields": [
//!     {"name": "ward", "type": "integer", "min": 1, "max": 4}
//! ]}"#)?.schema()?;
//!
//! let mut wards = Tally::<Histogram>::new(Axis::of(schema, "ward")?);
//! for number in 0..60 {
//!     // Three people in ward 4, the others in 1 and 2.
//!     let ward = if number < 3 { 4 } else { i128::from(number % 2 + 1) };
//!     wards.add(&PersonToken::from_bytes([number; 32]), ward)?;
//! }
//!
//! let released = MinimumCell::new(10).release(wards.finish()?)?;
//! let cells: Vec<_> = released.value.cells.iter().map(|(_, cell)| *cell).collect();
//! // No person in ward 3 looks like three people in ward 4.
//! assert_eq!(cells[2..], [Suppressible::Suppressed; 2]);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

#![cfg_attr(
    test,
    allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "a failing test panics")
)]

mod added;
mod bounds;
mod bucket;
mod budget;
mod cells;
mod data_set;
mod epsilon;
mod fixed;
mod flow;
mod minimum;
mod mondrian;
mod noise;
mod noised;
mod person;
mod raw;
mod released;
mod shape;
mod sql;
mod suppress;
mod survey;
mod tally;
#[cfg(test)]
mod testing;

pub use added::AddedNoise;
pub use bounds::{Axis, BoundsError, Column, MAX_CELLS};
pub use bucket::Bucket;
pub use budget::{Asked, Budget, BudgetError, Left, Limits, Pool, Question, Reservation, Spend};
pub use cells::{HistogramOf, Margins, Suppressible, TableOf};
pub use data_set::{Coarse, DataClass, DataSet, DataSetFields, MAX_GROUP_FIELDS, RawDataSet, SuppressedRows};
pub use epsilon::{EpsilonError, MicroEpsilon};
pub use fixed::Fixed;
pub use minimum::MinimumContributors;
pub use noise::{DiscreteLaplace, ScaleError};
pub use noised::Noised;
pub use person::PersonToken;
pub use raw::{PartSum, RawAggregate};
pub use released::{NoiseInterval, Policy, Refused, ReleasePolicy, Released};
pub use shape::{Count, Histogram, MAX_TABLE_CELLS, Mean, Shape, Table, Total};
pub use sql::StorageError;
pub use suppress::MinimumCell;
pub use survey::{Cell, MAX_PARTS, Part, PartAnswer, PartValue, Survey, SurveyError, SurveyParts, SurveyRow};
pub use tally::{Tally, TallyError};

#[doc = include_str!("../../docs/release.md")]
pub mod guide {}

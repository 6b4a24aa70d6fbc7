//! x
mod bounds;
mod bucket;
mod cells;
mod epsilon;
mod fixed;
mod flow;
mod minimum;
mod noise;
mod noised;
mod person;
mod raw;
mod released;
mod shape;
mod suppress;
mod tally;
#[cfg(test)]
mod testing;

pub use bounds::{Axis, BoundsError, Column, MAX_CELLS};
pub use bucket::Bucket;
pub use cells::{HistogramOf, Margins, Suppressible, TableOf};
pub use epsilon::{EpsilonError, MicroEpsilon};
pub use fixed::Fixed;
pub use minimum::MinimumContributors;
pub use noise::{DiscreteLaplace, ScaleError};
pub use noised::Noised;
pub use person::PersonToken;
pub use raw::RawAggregate;
pub use released::{NoiseInterval, Policy, Refused, ReleasePolicy, Released};
pub use shape::{Count, Histogram, MAX_TABLE_CELLS, Mean, Shape, Table, Total};
pub use suppress::MinimumCell;
pub use tally::{Tally, TallyError};

//! Sums over the records of several parties, of which none sees those of another.
//!
//! A [`SumPlan`] says what is summed, and refuses what could go wrong before anything is sent. Each party sums its own
//! records with [`LocalSums`]; one of three protocols adds up what the parties have; the total is a [`RawSums`], which
//! leaves through the release policies alone.

mod error;
mod item;
mod local;
mod numbers;
mod outcome;
pub mod pairwise;
mod plan;
pub mod prio3;
mod ring;
mod run;

pub use error::SumError;
pub use item::{SumItem, SumOf};
pub use local::{LocalSums, SumVector};
pub use outcome::{RawSum, RawSums, ReleasedSum, ReleasedSums};
pub use plan::{SumLimits, SumPlan};
pub use run::{SumMode, SumRecords, SumRun, SumTerms, secure_sum};

pub(crate) use numbers::random_bytes;
pub(crate) use pairwise::random_scalar;

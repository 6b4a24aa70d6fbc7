//! Prio3: contributors need not be trusted, since each report proves that its values lie in their ranges.
//!
//! Every record becomes a report, which is split among two or more aggregators. They verify the proof together, without
//! seeing a value, and add up what they accepted. The total appears when all of them give their sums.
//!
//! It proves ranges alone: that a square belongs to its value, or that the absence of a value goes with a zero, is not
//! proved. A contributor may make up people. An aggregator knows the key of the verification, so its own reports prove
//! nothing to the others: choose aggregators that do not contribute, where contributors are not trusted.
//!
//! The proofs are those of draft-irtf-cfrg-vdaf, by the crate `prio`.

mod batch;
mod circuit;
mod contributor;
mod protocol;
mod report;

pub use batch::{Batch, BatchShare, BatchTerms, Submitted};
pub use contributor::{Contributor, collect};
pub use report::{Report, Verifier};

pub(crate) use protocol::run;

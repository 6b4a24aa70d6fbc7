//! Linkage in spite of typing errors: keyed Bloom filters of several fields, compared by how much they have in common.
//!
//! R. Schnell, T. Bachteler, J. Reiher, "Privacy-preserving record linkage using Bloom filters", 2009 (CLK: one filter
//! for all fields of a record).
//!
//! # What this does not promise
//!
//! A filter is not anonymous. Who holds many of them without the key still sees which values are frequent and which occur
//! together, and can match them with a list of a population. Who holds the key can try every name. The number of set
//! bits tells how long the values are. Filters are made with a new key for each run, stay with the linker, and are
//! removed with the run.

mod dice;
mod encode;
mod matching;

pub use dice::{Bits, Threshold};
pub use encode::{Clk, ClkError, ClkField, RunKey};
pub use matching::{Candidate, Encoded, LinkError, Links, Pair, link};

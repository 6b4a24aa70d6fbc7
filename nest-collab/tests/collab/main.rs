//! Organisations, their relay and their sums, as processes meet them.
#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "a failing test panics")]

mod confine;
mod data;
mod sum;
#[cfg(feature = "relay")]
mod transport;

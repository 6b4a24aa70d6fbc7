//! Organisations that compute together: sealed messages, runs, and sums that no party can look into.

#![cfg_attr(
    test,
    allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "a failing test panics")
)]

#[cfg(feature = "cli")]
pub mod cli;
pub mod clk;
#[cfg(target_os = "linux")]
pub mod confine;
pub mod data;
pub mod directory;
pub mod envelope;
mod error;
pub mod estimate;
pub mod identity;
pub mod node;
pub mod oprf;
pub mod relay;
pub mod run;
pub mod sum;

pub use error::CollabError;

//! Organisations that compute together: sealed messages, runs, and sums that no party can look into.

#![cfg_attr(
    test,
    allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "a failing test panics")
)]

#[cfg(target_os = "linux")]
pub mod confine;
pub mod data;
pub mod sum;

//! People decide: a market for data with consent, privacy levels, honest noise and payment.

#![cfg_attr(
    test,
    allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "a failing test panics")
)]

pub mod catalogue;
pub mod evaluate;
pub mod level;
pub mod query;
pub mod senml;
pub mod series;
#[cfg(test)]
mod testing;

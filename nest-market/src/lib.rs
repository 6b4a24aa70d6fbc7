//! People decide: a market for data with consent, privacy levels, honest noise and payment.

#![cfg_attr(
    test,
    allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "a failing test panics")
)]

pub mod account;
pub mod catalogue;
pub mod consent;
mod database;
pub mod evaluate;
pub mod execution;
pub mod level;
pub mod money;
pub mod offer;
pub mod people;
pub mod query;
#[cfg(feature = "server")]
pub mod rest;
pub mod senml;
pub mod series;
pub mod task;
#[cfg(test)]
mod testing;

pub use database::{Database, DatabaseError, Faults, Tx};
pub use execution::{Market, MarketBuilder, MarketError, Worker};

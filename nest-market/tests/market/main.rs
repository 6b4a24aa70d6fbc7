//! The market as its users meet it.
#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "a failing test panics")]

mod accounts;
mod attacks;
mod command;
mod deploy;
mod engine;
mod killed;
mod market;
mod money;
mod payouts;
mod people;
mod pins;
mod place;
mod released_once;
#[cfg(feature = "server")]
mod rest;
mod tasks;
mod world;

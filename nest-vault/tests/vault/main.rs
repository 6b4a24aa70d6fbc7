//! The vault on SQLite and on PostgreSQL: each test of behaviour runs on both.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic)]

mod attacks;
mod backups;
mod behaviour;
mod command;
mod erasing;
mod instances;
mod keys;
mod killed;
mod marked;
mod outages;
mod place;
mod reader;
mod records;
mod series;

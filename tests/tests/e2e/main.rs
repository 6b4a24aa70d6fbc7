//! End to end: the main parts together, over HTTP, against the real paas-server.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

mod between;
mod club;
mod description;
mod diary;
mod faults;
mod field;
mod hostile;
mod house;
mod operations;
mod outages;
mod refusals;
mod repeats;
mod school;
mod sessions;
mod settings;
mod table;
mod transport;
mod travel;
mod untrusted;
mod upstream;

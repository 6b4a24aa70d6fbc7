//! End to end: the main parts together, over HTTP, against the real paas-server.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

mod between;
mod diary;
mod faults;
mod field;
mod operations;
mod refusals;
mod transport;
mod travel;
mod untrusted;
mod upstream;

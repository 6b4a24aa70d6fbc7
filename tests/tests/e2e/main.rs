//! End to end: the main parts together, over HTTP, against the real paas-server.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

mod attempt;
mod between;
mod blocks;
mod by_manifest;
mod club;
mod declarations;
mod description;
mod diary;
mod encrypted;
mod faults;
mod field;
mod fits;
mod gate;
mod hostile;
mod house;
mod limits;
mod line;
mod linkage;
mod operations;
mod outages;
mod privacy;
mod proxies;
mod refusals;
mod repeats;
mod school;
mod sessions;
mod settings;
mod siege;
mod stopping;
mod table;
mod transport;
mod travel;
mod untrusted;
mod upstream;
mod waves;

//! End to end: the main parts together, over HTTP, against the real paas-server.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

mod blocks;
mod by_manifest;
mod declarations;
mod description;
mod encrypted;
mod faults;
mod field;
mod fits;
mod flaky_proxy;
mod gate;
mod hardly_http;
mod hostile;
mod in_memory_source;
mod limits;
mod line;
mod linkage;
mod operations;
mod outages;
mod privacy;
mod proxies;
mod raw_request;
mod refusals;
mod repeats;
mod school;
mod server_fixture;
mod sessions;
mod settings;
mod siege;
mod stopping;
mod table;
mod transport;
mod travel;
mod untrusted;
mod upstream;
mod upstream_fixture;
mod waves;

//! What the main job and the end-to-end tests share: the records that two parties agree on, the STAR data,
//! and a data source that serves it.
//!
//! To see it work, `cargo run`. To see how little it takes, read [`records`] and then [`school`].

pub mod records;
pub mod school;
pub mod star;

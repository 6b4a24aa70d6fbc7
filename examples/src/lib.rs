//! Code that the main job, the examples and the end-to-end tests share: the records that two parties agree on, the
//! STAR data, a data source that serves it, and transcryptors.
//!
//! To see it work, `cargo run`. To see how little it takes, read [`records`] and then [`school`].

pub mod certificate;
pub mod field;
pub mod party;
pub mod records;
pub mod running;
pub mod school;
pub mod star;
pub mod store;

/// Why an example failed.
pub type Failure = Box<dyn std::error::Error + Send + Sync>;

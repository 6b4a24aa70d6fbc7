//! Sums, by all three ways, as the parties of a run compute them.

mod dropouts;
mod network;
mod random;
pub(crate) mod records;
mod refusals;
mod reports;
mod restarts;
mod uniform;

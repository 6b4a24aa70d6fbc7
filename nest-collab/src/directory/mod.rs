//! The directory of keys: an append-only log, chained by hashes, of statements that identities signed.
//!
//! The relay keeps the log and gives it out. Each node checks the chain from what it saw before, the signature of every
//! statement, and that the statement is of the identity that is pinned. The relay's word alone is never enough.

mod book;
mod log;

pub use book::Directory;
pub use log::{Entry, EntryHash, Head};

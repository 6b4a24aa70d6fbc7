//! Sealed messages between organisations: what the relay carries and cannot read.
//!
//! The bytes are described in `docs/collab-format.md`. An envelope has a header, the content key sealed to each key of
//! the receiver, the content, and a signature over all of it. What is sent is split into parts of the size that its step
//! declares, so that the length of a message tells its number of parts only.

mod error;
mod header;
pub(crate) mod hpke;
mod open;
mod part;
mod seal;
mod size;

pub use error::EnvelopeError;
pub use header::{CollabId, Header, RunId, TermsHash};
pub use open::{Envelope, Opened};
pub use part::{Assembly, MAX_PARTS};
pub use seal::{MAX_KEYS, Sealing, seal};
pub use size::SizeClass;

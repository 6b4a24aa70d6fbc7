//! A data source that keeps its records: SQL storage, one key per person, erasure that holds.

mod envelope;
mod id;

pub use envelope::{EnvelopeError, PersonKey, Suite, from_text, to_text};
pub use id::{Deployment, KeyId, Lookup, MasterId, RowId};

//! Encryption under the keys of a session: one record, many in a batch, or a stream of them, and their opening.

pub(crate) mod batch;
mod batch_decode;
pub(crate) mod cipher;
mod pool;
pub(crate) mod sealed;
pub(crate) mod sealed_plain;
pub(crate) mod session;
mod stream;

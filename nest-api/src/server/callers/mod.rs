//! Who may call: callers with their rights, and the hashes of their tokens.

pub(crate) mod caller;
pub(crate) mod token;

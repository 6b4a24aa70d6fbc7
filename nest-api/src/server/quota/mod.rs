//! How much callers may use at once: places, bytes and time.

pub(crate) mod memory;
pub(crate) mod patience;
pub(crate) mod shares;

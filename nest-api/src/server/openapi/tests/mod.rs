//! The description against its source.

#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing)]

mod checked;
mod clinic;
mod document;
mod wire;

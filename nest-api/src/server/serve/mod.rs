//! A server that runs alone: its health, and how it stops.

pub(crate) mod health;
pub(crate) mod shutdown;

//! A server that runs alone: its settings, its certificate, its health, and how it stops.

pub(crate) mod health;
pub(crate) mod shutdown;
#[cfg(feature = "paas")]
mod standalone;
pub(crate) mod start_error;
pub(crate) mod tls;

//! The relay: it passes envelopes on and can read none of them.
//!
//! It knows who sends to whom, in which run and step, when, and how large rounded up. It holds an envelope until it is
//! taken, and checks before it keeps one that it is an envelope, signed by the organisation that sends it, in a run that
//! both are parties of.

mod audit;
mod caller;
mod config;
mod database;
mod keeper;
mod limits;
mod metrics;
mod openapi;
mod problem;
mod routes;
mod serve;
mod tables;

pub use config::{RelayConfig, RelayLimits, RelayOrganization, RelayTls};
pub use database::{Database, StoreError};
pub use serve::{RelayServer, serve};

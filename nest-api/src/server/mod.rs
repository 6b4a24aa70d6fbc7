//! A data source on HTTP.
//!
//! A request passes the rooms `receive`, `work` and `answer`. `routes` says which operation has which items. Beside them
//! are what a server needs: `callers`, `quota`, `connection`, `audit`, `idempotency`, `metrics`, `openapi`, and for a
//! server that runs alone `config` and `serve`.

mod answer;
pub(crate) mod api;
pub mod audit;
mod builder;
mod callers;
#[cfg(feature = "paas")]
pub mod config;
#[cfg(feature = "paas")]
mod configured;
mod connection;
mod data_source_api;
mod host;
mod idempotency;
mod metrics;
mod openapi;
pub(crate) mod protocol;
mod quota;
mod receive;
mod report;
mod routes;
mod serve;
mod start_error;
mod tls;
mod work;

pub use audit::AuditLog;
pub use builder::DataSourceApiBuilder;
pub use callers::caller::Caller;
pub use callers::token::TokenHash;
#[cfg(feature = "paas")]
pub use config::Config;
pub use data_source_api::DataSourceApi;
pub use host::{Host, Hosted};
pub use idempotency::RepetitionsFolder;
pub use serve::shutdown::{Server, ServerStop};
pub use start_error::StartError;
pub use tls::{Tls, TlsError};

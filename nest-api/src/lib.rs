#![doc = include_str!("docs/crate.md")]

mod activity;
mod answer;
mod api;
pub mod audit;
mod builder;
mod caller;
mod calls;
mod client;
pub mod config;
mod context;
pub mod cores;
mod each;
mod error;
mod exchange;
mod guard;
mod handler;
mod health;
mod idempotency;
mod item;
mod ledger;
mod message;
mod metrics;
mod minute;
mod mount;
mod openapi;
mod operation;
mod paas;
mod problem;
mod record_error;
mod server;
mod serves;
mod shutdown;
mod source;
mod standalone;
mod tls;
mod token;
pub mod upstream;
mod work;

pub use activity::Activity;
pub use answer::Answer;
pub use audit::AuditLog;
pub use builder::{DataSourceApiBuilder, NoTranscryption};
pub use caller::Caller;
pub use calls::{ActivityClient, ParticipantClient};
pub use client::{NestClient, NestClientBuilder};
pub use config::{Config, ConfigError};
pub use context::{Context, RequestId};
pub use each::each;
pub use error::{BuildError, ClientError};
pub use exchange::Exchange;
pub use message::Message;
pub use minute::Minute;
pub use operation::{Mode, Operation, Route};
pub use paas::{Paas, PaasBuilder};
pub use problem::Code;
pub use record_error::RecordError;
pub use server::DataSourceApi;
pub use serves::Serves;
pub use shutdown::{Server, ServerStop};
pub use source::DataSource;
pub use standalone::StartError;
pub use tls::Tls;
pub use token::TokenHash;

/// One import for either end: this crate's everyday types, and what nest-core's prelude declares records
/// with.
pub mod prelude {
    pub use nest_core::prelude::*;

    pub use crate::{
        Activity, Answer, Caller, Config, Context, DataSource, DataSourceApi, NestClient, Operation, Paas,
        RecordError, Serves, Tls, TokenHash,
    };
}

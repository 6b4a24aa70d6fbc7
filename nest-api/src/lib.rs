#![doc = include_str!("docs/crate.md")]

mod activity;
mod client;
pub mod cores;
mod error;
mod operation;
mod paas;
mod problem;
mod record_error;
mod server;
mod source;
mod wire;

pub use activity::Activity;
pub use client::{ActivityClient, Again, Answer, Exchange, NestClient, NestClientBuilder, ParticipantClient};
pub use error::{BuildError, ClientError};
pub use operation::{Mode, Operation, Route};
pub use paas::{Paas, PaasBuilder};
pub use problem::Code;
pub use record_error::RecordError;
pub use server::{
    AuditLog, Caller, Config, ConfigError, DataSourceApi, DataSourceApiBuilder, NoTranscryption, Server,
    ServerStop, StartError, Tls, TokenHash, audit, config, upstream,
};
pub use source::{Context, DataSource, RequestId, Serves, each};
pub use wire::{Message, Minute};

/// One import for either end: this crate's everyday types, and what nest-core's prelude declares records
/// with.
pub mod prelude {
    pub use nest_core::prelude::*;

    pub use crate::{
        Activity, Answer, Caller, Config, Context, DataSource, DataSourceApi, NestClient, Operation, Paas,
        RecordError, Serves, Tls, TokenHash,
    };
}

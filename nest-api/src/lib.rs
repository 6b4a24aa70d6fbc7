#![doc = include_str!("docs/crate.md")]

mod client;
pub mod cores;
mod error;
mod operation;
mod paas;
mod problem;
mod server;
mod wire;

pub use client::{ActivityClient, Answer, Asked, Exchange, NestClient, NestClientBuilder, ParticipantClient};
pub use error::{BuildError, ClientError};
pub use nest_source::{
    Activity, Context, DataSource, Found, IdempotencyKey, Purpose, PurposeError, RecordError, Repetitions,
    RequestId, Serves, Slots, each, repetition,
};
pub use operation::{Mode, Operation, Route};
pub use paas::{Paas, PaasBuilder};
pub use problem::Code;
pub use server::{
    AuditLog, Caller, Config, ConfigError, DataSourceApi, DataSourceApiBuilder, NoTranscryption, Server,
    ServerStop, StartError, Tls, TokenHash, audit, config, upstream,
};
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

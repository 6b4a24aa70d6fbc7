#![doc = include_str!("docs/crate.md")]

mod activity;
mod answer;
pub mod audit;
mod auth;
mod client;
mod config;
mod context;
mod cpu;
mod error;
mod exchange;
mod guard;
mod handler;
mod idempotency;
mod item;
mod message;
mod metrics;
mod minute;
mod paas;
mod problem;
mod route;
mod server;
mod source;

pub use activity::Activity;
pub use answer::Answer;
pub use auth::{Caller, TokenHash};
pub use client::{ActivityClient, NestClient, NestClientBuilder};
pub use context::{Context, RequestId};
pub use error::{BuildError, ClientError};
pub use exchange::Exchange;
pub use message::Message;
pub use minute::Minute;
pub use paas::Paas;
pub use problem::Code;
pub use server::{DataSourceApi, DataSourceApiBuilder, NoTranscryption, Server};
pub use source::{DataSource, RecordError, Serves};

/// One import for either end: this crate's everyday types, and what nest-core's prelude declares records
/// with.
pub mod prelude {
    pub use nest_core::prelude::*;

    pub use crate::{
        Activity, Answer, Caller, Context, DataSource, DataSourceApi, NestClient, Paas, RecordError, Serves,
        TokenHash,
    };
}

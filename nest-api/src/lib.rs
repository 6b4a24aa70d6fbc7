#![doc = include_str!("docs/crate.md")]
// Code that both ends share is partly unused where only one of them is built.
#![cfg_attr(
    not(all(feature = "server", feature = "client", feature = "paas")),
    allow(dead_code, unused_imports, unreachable_pub)
)]

mod build_error;
#[cfg(feature = "client")]
mod client;
mod client_error;
pub mod cpu_pool;
mod operation;
#[cfg(feature = "paas")]
mod paas;
mod pem;
mod problem;
#[cfg(feature = "server")]
mod server;
mod transcryption;
mod wire;

pub use build_error::BuildError;
#[cfg(feature = "client")]
pub use client::{
    ActivityClient, Again, Answer, Asked, NestClient, NestClientBuilder, ParticipantClient, RecordClient,
};
pub use client_error::ClientError;
pub use nest_source::{
    Activity, Context, DataSource, Found, IdempotencyKey, Purpose, PurposeError, RecordError, Repetitions,
    RequestId, Serves, Slots, each, repetition,
};
pub use operation::{Mode, Operation, Route};
#[cfg(feature = "paas")]
pub use paas::{ConnectError, Paas, PaasBuilder};
pub use problem::Code;
#[cfg(feature = "server")]
pub use server::{
    AuditLog, Caller, DataSourceApi, DataSourceApiBuilder, Host, Hosted, RepetitionsFolder, Server,
    ServerStop, StartError, Tls, TlsError, TokenHash, audit,
};
#[cfg(all(feature = "server", feature = "paas"))]
pub use server::{Config, config};
pub use transcryption::{ChosenTranscryption, NoTranscryption};
pub use wire::{Message, Minute};

/// What tests, examples and benchmarks of this workspace measure. Not part of the public interface.
#[cfg(feature = "client")]
#[doc(hidden)]
pub mod __wire_v1 {
    pub use crate::client::Exchange;
}

/// What the crate nest-upstream is built on. Not part of the public interface: it changes without notice.
#[cfg(feature = "server")]
#[doc(hidden)]
pub mod __protocol_v1 {
    pub use crate::server::protocol::{
        Asked, PlainInput, Protocol, ProtocolRequest, Said, on_all_cores, on_one_core, parse,
    };
}

/// One import for either end: this crate's everyday types, and what nest-core's prelude declares records
/// with.
pub mod prelude {
    pub use nest_core::prelude::*;

    pub use crate::{Activity, Context, DataSource, Operation, RecordError, Serves};
    #[cfg(feature = "client")]
    pub use crate::{Answer, NestClient};
    #[cfg(feature = "server")]
    pub use crate::{Caller, DataSourceApi, TokenHash};

    #[cfg(feature = "paas")]
    pub use crate::Paas;
}

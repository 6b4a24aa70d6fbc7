#![doc = include_str!("docs/crate.md")]
// What both ends use is partly idle where only one of them is built.
#![cfg_attr(
    not(all(feature = "server", feature = "client", feature = "paas")),
    allow(dead_code, unused_imports, unreachable_pub)
)]

#[cfg(feature = "client")]
mod client;
pub mod cores;
mod error;
mod operation;
#[cfg(feature = "paas")]
mod paas;
mod pem;
mod problem;
#[cfg(feature = "server")]
mod server;
mod transcryption;
mod wire;

#[cfg(feature = "client")]
pub use client::{
    ActivityClient, Again, Answer, Asked, Exchange, NestClient, NestClientBuilder, ParticipantClient,
};
pub use error::{BuildError, ClientError};
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
    ServerStop, StartError, Tls, TlsError, TokenHash, audit, upstream,
};
#[cfg(all(feature = "server", feature = "paas"))]
pub use server::{Config, config};
pub use transcryption::{ChosenTranscryption, NoTranscryption};
pub use wire::{Message, Minute};

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

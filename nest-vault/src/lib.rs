#![doc = include_str!("docs/crate.md")]

mod access;
mod chain;
mod database;
mod day;
mod envelope;
mod error;
mod id;
mod keys;
mod ledger;
mod master;
mod reason;
mod secret;
mod store;
mod vault;

pub use access::AccessLog;
pub use database::{DatabaseError, Faults};
pub use envelope::{EnvelopeError, PersonKey, Suite, from_text, to_text};
pub use error::VaultError;
pub use id::{Deployment, KeyId, Lookup, MasterId, RowId};
pub use keys::{
    Erased, Finality, KeyError, KeyHealth, KeyStore, Living, Mark, MarkState, SqlKeys, Unwrapped,
};
pub use ledger::LedgerError;
pub use master::{Master, MasterError};
pub use reason::{Reason, WordError};
pub use secret::IndexSecret;
pub use store::{
    ErasureReport, Expired, Held, Retention, RunItem, RunStore, SeriesPart, SeriesStore, SeriesWrite,
    Verified, Version, Who, init,
};
pub use vault::{
    Checked, Cursor, Kept, KeptCounts, Opened, Page, SqlVault, Stored, TableStatus, UntypedSettings,
    UntypedVault, VaultBuilder,
};

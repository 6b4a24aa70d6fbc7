//! What people keep: their sources, their levels, and the readings that come in, sealed under their own keys.
//!
//! A day's readings of one attribute are one envelope in the vault. The tables here say which sources somebody has and
//! at which level; they hold no reading, and no name of a sensor.

mod codec;
mod error;
mod keep;
mod levels;
mod poll;
mod push;
pub(crate) mod shown;
mod sources;

pub use error::PeopleError;
pub(crate) use keep::purpose;
pub use keep::{Keeper, Kept};
pub use levels::PersonLevels;
pub use poll::{Poll, PollError};
pub use push::{Outcome, PushFormat, PushSummary};
pub use sources::{PersonSource, PushToken, Sources};

pub(crate) const TABLES: &str = "
CREATE TABLE market_source (
    name TEXT PRIMARY KEY,
    manifest TEXT NOT NULL,
    steady BIGINT NOT NULL,
    at BIGINT NOT NULL
);
CREATE TABLE market_person_source (
    account {bytes} NOT NULL,
    source TEXT NOT NULL,
    token {bytes} NOT NULL UNIQUE,
    accept_base_only BIGINT NOT NULL,
    granularity BIGINT NOT NULL,
    at BIGINT NOT NULL,
    PRIMARY KEY (account, source)
);
CREATE TABLE market_level (
    account {bytes} NOT NULL,
    source TEXT NOT NULL,
    attribute TEXT NOT NULL,
    level TEXT NOT NULL,
    PRIMARY KEY (account, source, attribute)
);
CREATE TABLE market_default (
    account {bytes} NOT NULL,
    logical TEXT NOT NULL,
    level TEXT NOT NULL,
    PRIMARY KEY (account, logical)
);
CREATE TABLE market_pack (
    account {bytes} NOT NULL,
    source TEXT NOT NULL,
    id {bytes} NOT NULL,
    digest {bytes} NOT NULL,
    summary TEXT NOT NULL,
    at BIGINT NOT NULL,
    PRIMARY KEY (account, source, id)
);
";

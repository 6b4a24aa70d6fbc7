//! Who uses the market: people who keep data, processors who ask, and operators.
//!
//! What belongs to another account looks like what does not exist. An unknown name takes as long as a wrong password.

mod accounts;
mod error;
mod limit;
mod password;
mod role;
mod session;

pub use accounts::{Account, AccountNumber, Accounts, Profile, Registration};
pub use error::AccountError;
pub use limit::{Limit, Limiter};
pub use password::Password;
pub use role::{Organisation, Role};
pub use session::{Session, SessionToken, Sessions};

pub(crate) use accounts::check_text;
pub(crate) use password::Hasher;
pub(crate) use session::{hash, random_hex};

pub(crate) const TABLES: &str = "
CREATE TABLE market_account (
    id {bytes} PRIMARY KEY,
    role TEXT NOT NULL,
    name TEXT NOT NULL UNIQUE,
    password TEXT NOT NULL,
    organisation TEXT NOT NULL,
    display TEXT NOT NULL,
    website TEXT NOT NULL,
    money {bytes} NOT NULL UNIQUE,
    pseudonym {bytes} NOT NULL UNIQUE,
    budget {bytes} NOT NULL UNIQUE,
    at BIGINT NOT NULL
);
CREATE TABLE market_session (
    id {bytes} PRIMARY KEY,
    account {bytes} NOT NULL,
    csrf {bytes} NOT NULL,
    until BIGINT NOT NULL
);
CREATE INDEX market_session_of_account ON market_session (account);
CREATE TABLE market_limit (
    id {bytes} PRIMARY KEY,
    tries BIGINT NOT NULL,
    until BIGINT NOT NULL
);
";

//! Consent: who was asked, what they decided, and what they have decided in advance.
//!
//! The state of a person in an offer is a machine of its own. It meets the offer's in one place: when the evaluation
//! begins, those who have agreed are locked. A price is not a permission.

mod consents;
mod notices;
mod pin;
mod rules;
mod state;

pub use consents::{Asked, Consents, Decided};
pub use notices::{Notice, Notices};
pub use pin::{Pin, PinQueries, PinQuery, PinQueryId, PinState};
pub use rules::{Rule, RuleId, Rules};
pub use state::{ConsentState, Decision};

pub(crate) const TABLES: &str = "
CREATE TABLE market_consent (
    offer {bytes} NOT NULL,
    account {bytes} NOT NULL,
    money {bytes} NOT NULL,
    state TEXT NOT NULL,
    at BIGINT NOT NULL,
    PRIMARY KEY (offer, account)
);
CREATE INDEX market_consent_of_account ON market_consent (account);
CREATE TABLE market_decision (
    offer {bytes} NOT NULL,
    account {bytes} NOT NULL,
    number BIGINT NOT NULL,
    decision TEXT NOT NULL,
    made_by TEXT NOT NULL,
    at BIGINT NOT NULL,
    PRIMARY KEY (offer, account, number)
);
CREATE TABLE market_rule (
    id {bytes} PRIMARY KEY,
    account {bytes} NOT NULL,
    organisation TEXT NOT NULL,
    logical TEXT NOT NULL,
    lowest TEXT NOT NULL,
    least BIGINT NOT NULL,
    until BIGINT NOT NULL
);
CREATE INDEX market_rule_of_account ON market_rule (account);
CREATE TABLE market_notice (
    id {bytes} PRIMARY KEY,
    account {bytes} NOT NULL,
    kind TEXT NOT NULL,
    offer {bytes} NOT NULL,
    at BIGINT NOT NULL
);
CREATE INDEX market_notice_of_account ON market_notice (account, at);
CREATE TABLE market_pin (
    id {bytes} PRIMARY KEY,
    pin {bytes} NOT NULL UNIQUE,
    processor {bytes} NOT NULL,
    query TEXT NOT NULL,
    terms TEXT NOT NULL,
    state TEXT NOT NULL,
    account {bytes} NOT NULL,
    hash {bytes} NOT NULL,
    result TEXT NOT NULL,
    until BIGINT NOT NULL
);
";

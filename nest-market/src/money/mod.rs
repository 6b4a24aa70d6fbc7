//! Money: a double-entry ledger in whole cents, escrow for offers, shares for people, and payouts.
//!
//! Every amount that enters one account leaves another in the same transaction, so the sum over all accounts is zero
//! at every moment. A posting has a key: repeated, it does nothing.

mod account;
mod batch;
mod cents;
mod escrow;
mod ledger;
mod method;
mod payout;
mod posting;
mod shares;

pub use account::{AccountId, AccountKind, LedgerAccount};
pub use batch::{BatchId, BatchState, PayoutBatch, PayoutLine};
pub use cents::{Cents, CentsError};
pub(crate) use escrow::Escrow;
pub use escrow::Refund;
pub use ledger::{Ledger, LedgerError, Posted, Verified};
pub use method::{Central, Direct, Dummy, Funding, NoPayment, PaymentMethod, PerQuery};
pub use payout::{DummyPayout, FilePayout, Payout, PayoutError, Payouts, Receipt, ReceiptState};
pub use posting::{Idempotency, Posting};
pub use shares::{equal_shares, shares};

pub(crate) const TABLES: &str = "
CREATE TABLE market_money (
    id {bytes} PRIMARY KEY,
    kind TEXT NOT NULL,
    balance BIGINT NOT NULL,
    CHECK (balance >= 0 OR kind IN ('outside', 'debt'))
);
CREATE TABLE market_posting (
    id {bytes} PRIMARY KEY,
    reason TEXT NOT NULL,
    digest {bytes} NOT NULL,
    at BIGINT NOT NULL
);
CREATE TABLE market_entry (
    posting {bytes} NOT NULL,
    account {bytes} NOT NULL,
    amount BIGINT NOT NULL,
    PRIMARY KEY (posting, account)
);
CREATE INDEX market_entry_of_account ON market_entry (account);
CREATE TABLE market_payout_wish (
    account {bytes} PRIMARY KEY,
    at BIGINT NOT NULL
);
CREATE TABLE market_payout_batch (
    id {bytes} PRIMARY KEY,
    state TEXT NOT NULL,
    digest {bytes} NOT NULL,
    receipt TEXT NOT NULL,
    at BIGINT NOT NULL
);
CREATE TABLE market_payout_line (
    batch {bytes} NOT NULL,
    account {bytes} NOT NULL,
    amount BIGINT NOT NULL,
    PRIMARY KEY (batch, account)
);
CREATE TABLE market_payout_approval (
    batch {bytes} NOT NULL,
    operator {bytes} NOT NULL,
    digest {bytes} NOT NULL,
    at BIGINT NOT NULL,
    PRIMARY KEY (batch, operator)
);
";

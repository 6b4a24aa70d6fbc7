//! Work that must be done once, however many workers there are and whatever kills them.
//!
//! Tasks live in the same database as their effects, and an effect is committed together with the end of its task. A
//! worker holds a task for the time of a lease. When the lease is over, another worker may take the task, and the number
//! that the first one holds, its fence, is worth nothing any more: it cannot commit.

mod claim;
mod outbox;
mod queue;
mod scaler;

pub use claim::{Claim, TaskError, TaskId};
pub use outbox::{Deliver, DeliveryError, Letter, Outbox};
pub use queue::{TaskKind, Tasks};
pub use scaler::{METRICS_QUERY, SCALER_QUERY};

pub(crate) const TABLES: &str = "
CREATE TABLE market_task (
    id {bytes} PRIMARY KEY,
    kind TEXT NOT NULL,
    subject TEXT NOT NULL,
    state TEXT NOT NULL,
    due BIGINT NOT NULL,
    fence BIGINT NOT NULL,
    attempts BIGINT NOT NULL,
    reason TEXT NOT NULL,
    at BIGINT NOT NULL,
    UNIQUE (kind, subject)
);
CREATE INDEX market_task_due ON market_task (due) WHERE state = 'open';
CREATE TABLE market_outbox (
    id {bytes} PRIMARY KEY,
    topic TEXT NOT NULL,
    body TEXT NOT NULL,
    state TEXT NOT NULL,
    receipt TEXT NOT NULL,
    at BIGINT NOT NULL
);
";

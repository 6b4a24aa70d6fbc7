//! A batch of payouts: one line for each person, fixed before anybody approves it.

use sha2::{Digest, Sha256};

use super::{AccountId, Cents};
use crate::database::id;

id!(
    /// The number of a batch of payouts.
    BatchId
);

/// How far a batch is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum BatchState {
    /// The lines are fixed, and approvals are awaited.
    Prepared,
    /// Enough operators have approved: it may be handed over.
    Approved,
    /// It was handed over, and the money is on its way.
    Pending,
    /// The money has arrived.
    Settled,
    /// It was returned: people have their balances back.
    Failed,
}

impl BatchState {
    const ALL: [BatchState; 5] = [
        BatchState::Prepared,
        BatchState::Approved,
        BatchState::Pending,
        BatchState::Settled,
        BatchState::Failed,
    ];

    /// The name in the tables and in answers.
    pub const fn as_str(self) -> &'static str {
        match self {
            BatchState::Prepared => "prepared",
            BatchState::Approved => "approved",
            BatchState::Pending => "pending",
            BatchState::Settled => "settled",
            BatchState::Failed => "failed",
        }
    }

    /// The state of this name.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.as_str() == name)
    }
}

/// What one person gets in a batch.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize)]
pub struct PayoutLine {
    /// Whose account it is.
    pub account: AccountId,
    /// How much, above zero.
    pub amount: Cents,
}

/// A batch with its lines, in the order of the accounts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PayoutBatch {
    /// Which batch it is. Whoever pays it uses this as the key of the payment.
    pub id: BatchId,
    /// The lines.
    pub lines: Vec<PayoutLine>,
}

impl PayoutBatch {
    /// What approvals are given for: a hash of every line.
    pub fn digest(&self) -> [u8; 32] {
        let mut hash = Sha256::new_with_prefix("nest-market/batch/1");
        hash.update(self.id.to_bytes());
        for line in &self.lines {
            hash.update(line.account.to_bytes());
            hash.update(line.amount.0.to_be_bytes());
        }
        hash.finalize().into()
    }

    /// The sum of all lines.
    pub fn total(&self) -> Cents {
        self.lines.iter().map(|line| line.amount).sum()
    }
}

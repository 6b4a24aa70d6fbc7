//! The accounts of the ledger. An account has a number and a kind, and says nothing about who has it.

use sha2::{Digest, Sha256};

use crate::database::id;

id!(
    /// The number of an account in the ledger.
    ///
    /// That of a person is random and stands in the person's own row. When that row is deleted, the ledger keeps the
    /// amounts, and nothing leads from them to a person.
    AccountId
);

/// What an account is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[non_exhaustive]
pub enum AccountKind {
    /// The world outside: what came in is below zero here.
    Outside,
    /// What a processor has promised to pay to people directly: below zero until it is paid.
    Debt,
    /// The prepaid balance of a processor.
    Processor,
    /// What is held for one offer.
    Escrow,
    /// What is due to one person.
    Person,
    /// What was handed to a bank and is not settled yet.
    Transit,
}

impl AccountKind {
    /// All kinds.
    pub const ALL: &'static [AccountKind] = &[
        AccountKind::Outside,
        AccountKind::Debt,
        AccountKind::Processor,
        AccountKind::Escrow,
        AccountKind::Person,
        AccountKind::Transit,
    ];

    /// The name in the tables.
    pub const fn as_str(self) -> &'static str {
        match self {
            AccountKind::Outside => "outside",
            AccountKind::Debt => "debt",
            AccountKind::Processor => "processor",
            AccountKind::Escrow => "escrow",
            AccountKind::Person => "person",
            AccountKind::Transit => "transit",
        }
    }

    /// The kind of this name.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|kind| kind.as_str() == name)
    }
}

/// An account with its kind.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct LedgerAccount {
    id: AccountId,
    kind: AccountKind,
}

impl LedgerAccount {
    /// The account of the world outside.
    pub fn outside() -> Self {
        Self::derived(AccountKind::Outside, &[])
    }

    /// The account of one person, by the number in their row.
    pub const fn person(id: AccountId) -> Self {
        Self { id, kind: AccountKind::Person }
    }

    /// The prepaid balance of one processor, by the number in its row.
    pub const fn processor(id: AccountId) -> Self {
        Self { id, kind: AccountKind::Processor }
    }

    /// What this processor owes to people directly.
    pub fn debt(processor: AccountId) -> Self {
        Self::derived(AccountKind::Debt, &processor.to_bytes())
    }

    /// What is held for this offer.
    pub fn escrow(offer: [u8; 16]) -> Self {
        Self::derived(AccountKind::Escrow, &offer)
    }

    /// What is on its way with this batch of payouts.
    pub fn transit(batch: [u8; 16]) -> Self {
        Self::derived(AccountKind::Transit, &batch)
    }

    fn derived(kind: AccountKind, of: &[u8]) -> Self {
        let hash = Sha256::new().chain_update("nest-market/account/1/").chain_update(kind.as_str());
        let hash: [u8; 32] = hash.chain_update([0]).chain_update(of).finalize().into();
        let mut id = [0; 16];
        id.iter_mut().zip(hash).for_each(|(to, from)| *to = from);
        Self { id: AccountId::from_bytes(id), kind }
    }

    /// Its number.
    pub const fn id(self) -> AccountId {
        self.id
    }

    /// Its kind.
    pub const fn kind(self) -> AccountKind {
        self.kind
    }
}

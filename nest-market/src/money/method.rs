//! How a processor pays for an offer: where the money comes from, and when it counts as there.

use super::{AccountId, Cents, LedgerAccount};

/// Where the money for an offer comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Funding {
    /// There is nothing to pay.
    Nothing,
    /// From this account, at once. It fails where there is not enough in it.
    From(LedgerAccount),
    /// From outside, when a receipt says that it came.
    AfterReceipt,
    /// This method does not take this amount.
    Refused,
}

/// A way to pay for offers.
pub trait PaymentMethod: Send + Sync + 'static {
    /// Its name in requests and in the tables.
    fn name(&self) -> &'static str;

    /// Where this processor's money for an offer comes from.
    fn funding(&self, processor: AccountId, amount: Cents) -> Funding;

    /// Where the money goes back to when the offer is aborted.
    fn refund_to(&self, processor: AccountId) -> LedgerAccount {
        LedgerAccount::processor(processor)
    }
}

/// No money at all: offers must be without a price.
#[derive(Debug, Clone, Copy, Default)]
pub struct NoPayment;

/// Play money, made up when it is needed: for demonstrations.
#[derive(Debug, Clone, Copy, Default)]
pub struct Dummy;

/// The processor pays people itself, by the list that the market gives it. The market keeps the books of what it owes.
#[derive(Debug, Clone, Copy, Default)]
pub struct Direct;

/// A payment from outside for each offer: it is funded when the payment's receipt arrives.
#[derive(Debug, Clone, Copy, Default)]
pub struct PerQuery;

/// From the processor's prepaid balance.
#[derive(Debug, Clone, Copy, Default)]
pub struct Central;

impl PaymentMethod for NoPayment {
    fn name(&self) -> &'static str {
        "none"
    }

    fn funding(&self, _: AccountId, amount: Cents) -> Funding {
        if amount == Cents::ZERO { Funding::Nothing } else { Funding::Refused }
    }
}

impl PaymentMethod for Dummy {
    fn name(&self) -> &'static str {
        "dummy"
    }

    fn funding(&self, _: AccountId, _: Cents) -> Funding {
        Funding::From(LedgerAccount::outside())
    }

    fn refund_to(&self, _: AccountId) -> LedgerAccount {
        LedgerAccount::outside()
    }
}

impl PaymentMethod for Direct {
    fn name(&self) -> &'static str {
        "direct"
    }

    fn funding(&self, processor: AccountId, _: Cents) -> Funding {
        Funding::From(LedgerAccount::debt(processor))
    }

    fn refund_to(&self, processor: AccountId) -> LedgerAccount {
        LedgerAccount::debt(processor)
    }
}

impl PaymentMethod for PerQuery {
    fn name(&self) -> &'static str {
        "per-query"
    }

    fn funding(&self, _: AccountId, amount: Cents) -> Funding {
        if amount == Cents::ZERO { Funding::Nothing } else { Funding::AfterReceipt }
    }
}

impl PaymentMethod for Central {
    fn name(&self) -> &'static str {
        "central"
    }

    fn funding(&self, processor: AccountId, _: Cents) -> Funding {
        Funding::From(LedgerAccount::processor(processor))
    }
}

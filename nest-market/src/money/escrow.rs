//! What is held for an offer: paid in once, and paid out once, to the people or back.

use super::{
    AccountId, Cents, Idempotency, Ledger, LedgerAccount, LedgerError, Posted, Posting, equal_shares,
};
use crate::database::Tx;

/// Money of an aborted offer that goes back.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Refund {
    /// How much.
    pub amount: Cents,
    /// Where to.
    pub to: LedgerAccount,
}

/// The movements of one offer's money. Each happens at most once, whatever key a request had: the offer is the key.
pub(crate) struct Escrow {
    offer: [u8; 16],
}

impl Escrow {
    pub(crate) const fn of(offer: [u8; 16]) -> Self {
        Self { offer }
    }

    fn account(&self) -> LedgerAccount {
        LedgerAccount::escrow(self.offer)
    }

    fn key(&self, what: &str) -> Idempotency {
        Idempotency::key(what, &[&self.offer])
    }

    /// Pays in. A second time, under whatever key, it does nothing.
    pub(crate) async fn fund(
        &self,
        tx: &mut Tx,
        from: LedgerAccount,
        amount: Cents,
    ) -> Result<Posted, LedgerError> {
        let posting = Posting::transfer(self.key("fund"), "fund", from, self.account(), amount)?;
        Ledger::post_in(tx, &posting).await
    }

    /// What is held now.
    pub(crate) async fn held(&self, tx: &mut Tx) -> Result<Cents, LedgerError> {
        Ok(Ledger::balance_in(tx, self.account().id()).await?)
    }

    /// Divides everything that is held among these people, to the cent. Without people it stays.
    pub(crate) async fn pay_out(
        &self,
        tx: &mut Tx,
        people: &[AccountId],
    ) -> Result<Vec<(AccountId, Cents)>, LedgerError> {
        let held = self.held(tx).await?;
        let bytes: Vec<[u8; 16]> = people.iter().map(|id| id.to_bytes()).collect();
        let parts = equal_shares(held, &self.offer, &bytes);
        let paid =
            Cents::checked_sum(parts.iter().map(|(_, amount)| *amount)).ok_or(LedgerError::TooLarge)?;
        let given = paid.checked_neg().ok_or(LedgerError::TooLarge)?;
        let parts: Vec<_> =
            parts.into_iter().map(|(id, amount)| (AccountId::from_bytes(id), amount)).collect();
        let entries = parts.iter().map(|(id, amount)| (LedgerAccount::person(*id), *amount));
        let entries = std::iter::once((self.account(), given)).chain(entries);
        Ledger::post_in(tx, &Posting::new(self.key("share"), "share", entries)?).await?;
        Ok(parts)
    }

    /// Gives everything that is held back.
    pub(crate) async fn refund(&self, tx: &mut Tx, to: LedgerAccount) -> Result<Refund, LedgerError> {
        let amount = self.held(tx).await?;
        let posting = Posting::transfer(self.key("refund"), "refund", self.account(), to, amount)?;
        Ledger::post_in(tx, &posting).await?;
        Ok(Refund { amount, to })
    }
}

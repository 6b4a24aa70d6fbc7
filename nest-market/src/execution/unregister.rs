//! Closing an account: data erased, agreements void, and nothing left that leads from the books to a person.

use super::Market;
use crate::account::{Account, Accounts, Password, Role, Session};
use crate::consent::Consents;
use crate::database::params;
use crate::offer::OfferError;
use crate::people::Sources;

/// What closing an account has done.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize)]
#[non_exhaustive]
pub struct Unregistered {
    /// Whether there were data that were erased. A result that was released before stays: it cannot be recalled.
    pub erased: bool,
}

impl Market {
    /// Closes an account. It takes the password once more.
    ///
    /// The person's key is destroyed first. Where this is stopped after that, the account is left without data, and can
    /// be closed again.
    ///
    /// # Errors
    ///
    /// The password is wrong, there is money in the account and `give_up_money` is not set, or an offer of the processor is
    /// being evaluated just now.
    pub async fn unregister(
        &self,
        session: &Session,
        password: &Password,
        give_up_money: bool,
    ) -> Result<Unregistered, OfferError> {
        self.inner.accounts.confirm(session.account, password).await?;
        let account = self.inner.accounts.get(session.account).await?;
        self.unregister_account(&account, give_up_money).await
    }

    /// Closes an account on behalf of its owner, for an operator.
    ///
    /// # Errors
    ///
    /// As [`unregister`](Self::unregister).
    pub async fn unregister_account(
        &self,
        account: &Account,
        give_up_money: bool,
    ) -> Result<Unregistered, OfferError> {
        if account.role == Role::Processor {
            // Their money comes back to the processor's balance before that is looked at.
            for offer in self.inner.offers.open(account.id).await? {
                self.inner.offers.withdraw(account.id, offer).await?;
            }
        }
        // Before anything is destroyed: whether it would be refused.
        let mut tx = self.inner.database.begin().await?;
        Accounts::remove(&mut tx, account, give_up_money).await?;
        drop(tx);
        let erased = account.role == Role::Person;
        if erased {
            self.inner.keeper.erase(account.pseudonym).await?;
        }
        let mut tx = self.inner.database.begin().await?;
        Sources::forget(&mut tx, account.id, None).await?;
        Consents::forget(&mut tx, account.id).await?;
        tx.execute("DELETE FROM market_pin WHERE processor = $1 OR account = $1", params![account.id])
            .await?;
        Accounts::remove(&mut tx, account, give_up_money).await?;
        tx.commit().await?;
        Ok(Unregistered { erased })
    }

    /// Removes a source of a person with everything in it.
    ///
    /// # Errors
    ///
    /// There is no such source.
    pub async fn remove_source(&self, account: &Account, source: &str) -> Result<(), OfferError> {
        let catalogue = self.inner.sources.catalogue().await?;
        let known = catalogue.source(source).ok_or(OfferError::NotFound)?;
        self.inner.keeper.remove(account.pseudonym, known).await?;
        let mut tx = self.inner.database.begin().await?;
        Sources::forget(&mut tx, account.id, Some(source)).await?;
        Ok(tx.commit().await?)
    }
}

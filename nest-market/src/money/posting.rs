//! One movement of money: entries that add up to zero, under a key.

use std::collections::BTreeMap;

use sha2::{Digest, Sha256};

use super::{Cents, LedgerAccount, LedgerError};

/// The key of something that must happen once. The same key a second time does nothing.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Idempotency([u8; 16]);

impl Idempotency {
    /// The key of these words. `scope` says what the words are about, such as `fund`.
    pub fn key(scope: &str, words: &[&[u8]]) -> Self {
        let mut hash = Sha256::new_with_prefix("nest-market/key/1");
        for part in std::iter::once(scope.as_bytes()).chain(words.iter().copied()) {
            hash.update((part.len() as u64).to_be_bytes());
            hash.update(part);
        }
        let hash: [u8; 32] = hash.finalize().into();
        let mut key = [0; 16];
        key.iter_mut().zip(hash).for_each(|(to, from)| *to = from);
        Self(key)
    }

    pub(crate) const fn to_bytes(self) -> [u8; 16] {
        self.0
    }
}

impl std::fmt::Debug for Idempotency {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Idempotency(..)")
    }
}

/// A movement of money that is balanced: what one account gets, others give.
#[derive(Debug, Clone)]
pub struct Posting {
    pub(super) key: Idempotency,
    pub(super) reason: &'static str,
    /// In the order of the numbers of accounts: all postings lock them in this order.
    pub(super) entries: BTreeMap<LedgerAccount, Cents>,
}

impl Posting {
    /// A movement under a key. `reason` is a word for the books, such as `fund`.
    ///
    /// # Errors
    ///
    /// [`LedgerError::Unbalanced`] where the entries do not add up to zero, and [`LedgerError::TooLarge`] where a sum
    /// does not fit.
    pub fn new(
        key: Idempotency,
        reason: &'static str,
        entries: impl IntoIterator<Item = (LedgerAccount, Cents)>,
    ) -> Result<Self, LedgerError> {
        let mut merged: BTreeMap<LedgerAccount, Cents> = BTreeMap::new();
        for (account, amount) in entries {
            let sum = merged.entry(account).or_default();
            *sum = sum.checked_add(amount).ok_or(LedgerError::TooLarge)?;
        }
        merged.retain(|_, amount| *amount != Cents::ZERO);
        match Cents::checked_sum(merged.values().copied()) {
            Some(Cents::ZERO) => Ok(Self { key, reason, entries: merged }),
            Some(_) => Err(LedgerError::Unbalanced),
            None => Err(LedgerError::TooLarge),
        }
    }

    /// A movement from one account to another.
    ///
    /// # Errors
    ///
    /// [`LedgerError::Negative`] for an amount below zero, which would move it the other way.
    pub fn transfer(
        key: Idempotency,
        reason: &'static str,
        from: LedgerAccount,
        to: LedgerAccount,
        amount: Cents,
    ) -> Result<Self, LedgerError> {
        if amount < Cents::ZERO {
            return Err(LedgerError::Negative);
        }
        let given = amount.checked_neg().ok_or(LedgerError::TooLarge)?;
        Self::new(key, reason, [(from, given), (to, amount)])
    }

    /// What it moves, so that a repetition of the key with other amounts is noticed.
    pub(super) fn digest(&self) -> [u8; 32] {
        let mut hash = Sha256::new_with_prefix("nest-market/posting/1");
        hash.update((self.reason.len() as u64).to_be_bytes());
        hash.update(self.reason);
        for (account, amount) in &self.entries {
            hash.update(account.id().to_bytes());
            hash.update(amount.0.to_be_bytes());
        }
        hash.finalize().into()
    }
}

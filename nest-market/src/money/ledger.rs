//! The ledger: postings become entries and balances, in the caller's transaction or in one of their own.

use std::fmt;

use super::{AccountId, AccountKind, Cents, LedgerAccount, Posting};
use crate::database::{Database, DatabaseError, Param, Tx, params};

/// Double-entry accounts in whole cents. Clones share the database.
#[derive(Debug, Clone)]
pub struct Ledger {
    database: Database,
}

/// What came of a posting.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Posted {
    /// It is in the books now.
    Now,
    /// It was there already, under the same key.
    Before,
}

/// Why money did not move.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum LedgerError {
    /// An account that must not be below zero has not enough.
    NotEnough {
        /// What kind of account it is.
        kind: AccountKind,
    },
    /// The key was used for another movement.
    KeyReused,
    /// The entries do not add up to zero.
    Unbalanced,
    /// An amount below zero.
    Negative,
    /// An amount that does not fit.
    TooLarge,
    /// The database failed.
    Database(DatabaseError),
}

impl fmt::Display for LedgerError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            LedgerError::NotEnough { kind } => {
                write!(f, "there is not enough money in the {} account", kind.as_str())
            }
            LedgerError::KeyReused => f.write_str("this key was used for another payment"),
            LedgerError::Unbalanced => f.write_str("the entries do not add up to zero"),
            LedgerError::Negative => f.write_str("an amount must not be below zero"),
            LedgerError::TooLarge => f.write_str("the amount is too large"),
            LedgerError::Database(error) => error.fmt(f),
        }
    }
}

impl std::error::Error for LedgerError {}

impl From<DatabaseError> for LedgerError {
    fn from(error: DatabaseError) -> Self {
        LedgerError::Database(error)
    }
}

/// What a check of the whole ledger found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct Verified {
    /// How many accounts there are.
    pub accounts: u64,
    /// How many postings there are.
    pub postings: u64,
    /// The sum over all accounts: zero.
    pub trial_balance: Cents,
    /// Accounts whose balance is not the sum of their entries: none.
    pub wrong_balances: u64,
    /// Postings whose entries do not add up to zero: none.
    pub wrong_postings: u64,
    /// Accounts below zero that must not be: none.
    pub negative: u64,
}

impl Verified {
    /// Whether the books are right.
    pub fn is_whole(&self) -> bool {
        self.trial_balance == Cents::ZERO
            && self.wrong_balances == 0
            && self.wrong_postings == 0
            && self.negative == 0
    }
}

impl Ledger {
    /// The ledger in this database.
    pub fn new(database: &Database) -> Self {
        Self { database: database.clone() }
    }

    /// Moves money, in a transaction of its own.
    ///
    /// # Errors
    ///
    /// [`LedgerError::NotEnough`] and [`LedgerError::KeyReused`]; then nothing was moved.
    pub async fn post(&self, posting: &Posting) -> Result<Posted, LedgerError> {
        let mut tx = self.database.begin().await?;
        let posted = Self::post_in(&mut tx, posting).await?;
        tx.commit().await?;
        Ok(posted)
    }

    /// Moves money in the caller's transaction, together with what the money is for.
    ///
    /// # Errors
    ///
    /// As [`post`](Self::post). After an error the transaction must be dropped.
    pub async fn post_in(tx: &mut Tx, posting: &Posting) -> Result<Posted, LedgerError> {
        let now = tx.now().await?;
        let (key, digest) = (posting.key.to_bytes(), posting.digest());
        let insert = "INSERT INTO market_posting (id, reason, digest, at) VALUES ($1, $2, $3, $4) \
                      ON CONFLICT (id) DO NOTHING";
        if tx.execute(insert, params![key, posting.reason, digest, now]).await? == 0 {
            let sql = "SELECT digest FROM market_posting WHERE id = $1";
            let row = tx.fetch_one(sql, params![key]).await?.ok_or(DatabaseError::Serialization)?;
            return if row.array(0)? == digest { Ok(Posted::Before) } else { Err(LedgerError::KeyReused) };
        }
        let balances = Self::lock(tx, posting).await?;
        let mut changes = Vec::with_capacity(balances.len());
        for ((account, amount), balance) in posting.entries.iter().zip(balances) {
            let sum = balance.checked_add(*amount).ok_or(LedgerError::TooLarge)?;
            let may_owe = matches!(account.kind(), AccountKind::Outside | AccountKind::Debt);
            if sum < Cents::ZERO && !may_owe {
                return Err(LedgerError::NotEnough { kind: account.kind() });
            }
            changes.push((account.id(), *amount, sum));
        }
        // The rows are locked, so what was read is what is replaced.
        let kinds = posting.entries.keys().map(|account| account.kind().as_str());
        let rows = changes.iter().zip(kinds).map(|((id, _, sum), kind)| params![*id, kind, sum.0]).collect();
        let tail = "ON CONFLICT (id) DO UPDATE SET balance = excluded.balance";
        tx.insert("INSERT INTO market_money (id, kind, balance)", rows, tail).await?;
        let rows = changes.iter().map(|(id, amount, _)| params![key, *id, amount.0]).collect();
        tx.insert("INSERT INTO market_entry (posting, account, amount)", rows, "").await?;
        Ok(Posted::Now)
    }

    /// Locks the accounts of a posting in the order of their numbers, makes those that are missing, and gives the
    /// balances in that order.
    async fn lock(tx: &mut Tx, posting: &Posting) -> Result<Vec<Cents>, LedgerError> {
        let accounts = || posting.entries.keys();
        let rows = accounts().map(|account| params![account.id(), account.kind().as_str(), 0]).collect();
        tx.insert("INSERT INTO market_money (id, kind, balance)", rows, "ON CONFLICT (id) DO NOTHING")
            .await?;
        let ids: Vec<Param> = accounts().map(|account| account.id().into()).collect();
        let sql = "SELECT kind, balance FROM market_money WHERE id IN ({among}) ORDER BY id";
        let rows = tx.fetch_locked_among(sql, Vec::new(), &ids).await?;
        if rows.len() != ids.len() {
            return Err(DatabaseError::Schema.into());
        }
        let mut balances = Vec::with_capacity(rows.len());
        for (account, row) in accounts().zip(rows) {
            if row.text(0)? != account.kind().as_str() {
                return Err(DatabaseError::Schema.into());
            }
            balances.push(Cents(row.int(1)?));
        }
        Ok(balances)
    }

    /// What is in an account; nothing where it was never used.
    ///
    /// # Errors
    ///
    /// The database fails.
    pub async fn balance(&self, account: LedgerAccount) -> Result<Cents, LedgerError> {
        Ok(Self::balance_in(&mut self.database.snapshot().await?, account.id()).await?)
    }

    pub(crate) async fn balance_in(tx: &mut Tx, account: AccountId) -> Result<Cents, DatabaseError> {
        let sql = "SELECT balance FROM market_money WHERE id = $1";
        match tx.fetch_one(sql, params![account]).await? {
            Some(row) => Ok(Cents(row.int(0)?)),
            None => Ok(Cents::ZERO),
        }
    }

    /// The sum over all accounts: zero at every moment.
    ///
    /// # Errors
    ///
    /// The database fails.
    pub async fn trial_balance(&self) -> Result<Cents, LedgerError> {
        let sql = "SELECT CAST(COALESCE(SUM(balance), 0) AS BIGINT) FROM market_money";
        let rows = self.database.fetch(sql, Vec::new()).await?;
        Ok(Cents(rows.first().ok_or(DatabaseError::Schema)?.int(0)?))
    }

    /// Checks every balance against its entries, and every posting against zero, in one state of the database.
    ///
    /// # Errors
    ///
    /// The database fails. What is wrong in the books is no error, and is told in the answer.
    pub async fn verify(&self) -> Result<Verified, LedgerError> {
        let mut tx = self.database.snapshot().await?;
        let mut numbers = Vec::new();
        for sql in [
            "SELECT COUNT(*) FROM market_money",
            "SELECT COUNT(*) FROM market_posting",
            "SELECT CAST(COALESCE(SUM(balance), 0) AS BIGINT) FROM market_money",
            "SELECT COUNT(*) FROM market_money WHERE balance <> \
             (SELECT CAST(COALESCE(SUM(amount), 0) AS BIGINT) FROM market_entry WHERE account = market_money.id)",
            "SELECT COUNT(*) FROM (SELECT posting FROM market_entry GROUP BY posting HAVING SUM(amount) <> 0) AS wrong",
            "SELECT COUNT(*) FROM market_money WHERE balance < 0 AND kind NOT IN ('outside', 'debt')",
        ] {
            let row = tx.fetch_one(sql, Vec::new()).await?.ok_or(DatabaseError::Schema)?;
            numbers.push(row.int(0)?);
        }
        let [accounts, postings, sum, balances, entries, negative] = numbers[..] else {
            return Err(DatabaseError::Schema.into());
        };
        Ok(Verified {
            accounts: accounts.unsigned_abs(),
            postings: postings.unsigned_abs(),
            trial_balance: Cents(sum),
            wrong_balances: balances.unsigned_abs(),
            wrong_postings: entries.unsigned_abs(),
            negative: negative.unsigned_abs(),
        })
    }
}

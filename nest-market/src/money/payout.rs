//! Payouts: what is due to people leaves in batches, once, after enough operators have approved.
//!
//! A batch moves the money of each person into an account of its own in the transaction that writes its lines. So a
//! person who is in one batch has nothing left for the next, whatever stops in between.

use std::fmt;
use std::io::Write as _;
use std::path::{Path, PathBuf};

use async_trait::async_trait;

use super::batch::{BatchId, BatchState, PayoutBatch, PayoutLine};
use super::{AccountId, Cents, Idempotency, Ledger, LedgerAccount, LedgerError, Posting};
use crate::database::{Database, DatabaseError, Tx, params};

/// What whoever pays says about a batch.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Receipt {
    /// Its name for the payment. The same name twice is the same receipt.
    pub id: String,
    /// How far the payment is.
    pub state: ReceiptState,
}

/// How far a payment is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum ReceiptState {
    /// It was taken and is on its way.
    Pending,
    /// It has arrived.
    Settled,
    /// It was returned.
    Failed,
}

/// Hands batches to a bank, a file or another system.
///
/// It may be called again for the same batch after a crash: it must recognise the number of the batch and pay once.
#[async_trait]
pub trait Payout: Send + Sync + 'static {
    /// Hands a batch over.
    async fn pay(&self, batch: &PayoutBatch) -> Result<Receipt, PayoutError>;
}

/// Why a payout did not go on.
#[derive(Debug)]
#[non_exhaustive]
pub enum PayoutError {
    /// There is no such batch.
    NotFound,
    /// The batch is in another state.
    State(BatchState),
    /// The approval is for other lines than the batch has.
    OtherLines,
    /// The receipt does not follow from the one before.
    OtherReceipt,
    /// Whoever pays does not answer. It is tried again.
    Unavailable,
    /// The books refuse.
    Ledger(LedgerError),
}

impl fmt::Display for PayoutError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            PayoutError::NotFound => f.write_str("there is no such batch of payouts"),
            PayoutError::State(state) => write!(f, "the batch is {}", state.as_str()),
            PayoutError::OtherLines => f.write_str("the approval is for other lines than the batch has"),
            PayoutError::OtherReceipt => f.write_str("the batch has another receipt"),
            PayoutError::Unavailable => f.write_str("the payment was not taken: try again"),
            PayoutError::Ledger(error) => error.fmt(f),
        }
    }
}

impl std::error::Error for PayoutError {}

impl From<LedgerError> for PayoutError {
    fn from(error: LedgerError) -> Self {
        PayoutError::Ledger(error)
    }
}

impl From<DatabaseError> for PayoutError {
    fn from(error: DatabaseError) -> Self {
        PayoutError::Ledger(error.into())
    }
}

/// The payouts of a market.
#[derive(Debug, Clone)]
pub struct Payouts {
    database: Database,
    /// How many different operators must approve a batch.
    approvals: u32,
}

impl Payouts {
    /// Payouts for which this many operators must approve each batch; at least one.
    pub fn new(database: &Database, approvals: u32) -> Self {
        Self { database: database.clone(), approvals: approvals.max(1) }
    }

    /// A person asks to be paid what is due to them, with the next batch.
    ///
    /// # Errors
    ///
    /// The database fails.
    pub async fn ask(&self, account: AccountId) -> Result<(), PayoutError> {
        let mut tx = self.database.begin().await?;
        let now = tx.now().await?;
        let sql =
            "INSERT INTO market_payout_wish (account, at) VALUES ($1, $2) ON CONFLICT (account) DO NOTHING";
        tx.execute(sql, params![account, now]).await?;
        Ok(tx.commit().await?)
    }

    /// Makes a batch of everybody who asked and to whom at least `least` is due. Several sales of one person become one
    /// line. `None` where there is nobody.
    ///
    /// # Errors
    ///
    /// The database fails; then there is no batch.
    pub async fn prepare(&self, least: Cents) -> Result<Option<PayoutBatch>, PayoutError> {
        let mut tx = self.database.begin().await?;
        let batch = Self::prepare_in(&mut tx, least).await?;
        tx.commit().await?;
        Ok(batch)
    }

    pub(crate) async fn prepare_in(tx: &mut Tx, least: Cents) -> Result<Option<PayoutBatch>, PayoutError> {
        let now = tx.now().await?;
        // In the order of the numbers, as every posting locks accounts.
        let sql = "SELECT id, balance FROM market_money WHERE balance > 0 AND balance >= $1 AND kind = 'person' \
                   AND id IN (SELECT account FROM market_payout_wish) ORDER BY id";
        let rows = tx.fetch_locked(sql, params![least.0]).await?;
        if rows.is_empty() {
            return Ok(None);
        }
        let mut lines = Vec::with_capacity(rows.len());
        for row in rows {
            let (account, amount) = (AccountId::from_bytes(row.array(0)?), Cents(row.int(1)?));
            lines.push(PayoutLine { account, amount });
        }
        let batch = PayoutBatch { id: BatchId::random(), lines };
        let id = batch.id;
        let sql =
            "INSERT INTO market_payout_batch (id, state, digest, receipt, at) VALUES ($1, $2, $3, '', $4)";
        tx.execute(sql, params![id, BatchState::Prepared.as_str(), batch.digest(), now]).await?;
        let rows = batch.lines.iter().map(|line| params![id, line.account, line.amount.0]).collect();
        tx.insert("INSERT INTO market_payout_line (batch, account, amount)", rows, "").await?;
        Self::post(tx, &batch, "payout", false).await?;
        let sql = "DELETE FROM market_payout_wish WHERE account IN \
                   (SELECT account FROM market_payout_line WHERE batch = $1)";
        tx.execute(sql, params![id]).await?;
        Ok(Some(batch))
    }

    /// Moves the amounts of a batch from the people to the batch, or back.
    async fn post(
        tx: &mut Tx,
        batch: &PayoutBatch,
        reason: &'static str,
        back: bool,
    ) -> Result<(), LedgerError> {
        let sign = |amount: Cents, minus: bool| {
            if minus { amount.checked_neg().ok_or(LedgerError::TooLarge) } else { Ok(amount) }
        };
        let id = batch.id.to_bytes();
        let mut entries = vec![(LedgerAccount::transit(id), sign(batch.total(), back)?)];
        for line in &batch.lines {
            entries.push((LedgerAccount::person(line.account), sign(line.amount, !back)?));
        }
        Ledger::post_in(tx, &Posting::new(Idempotency::key(reason, &[&id]), reason, entries)?).await?;
        Ok(())
    }

    /// A batch with its lines and its state.
    ///
    /// # Errors
    ///
    /// [`PayoutError::NotFound`]
    pub async fn batch(&self, id: BatchId) -> Result<(PayoutBatch, BatchState), PayoutError> {
        let mut tx = self.database.snapshot().await?;
        let (batch, state, _) = Self::load(&mut tx, id, false).await?;
        Ok((batch, state))
    }

    async fn load(
        tx: &mut Tx,
        id: BatchId,
        lock: bool,
    ) -> Result<(PayoutBatch, BatchState, String), PayoutError> {
        let sql = "SELECT state, receipt FROM market_payout_batch WHERE id = $1";
        let rows =
            if lock { tx.fetch_locked(sql, params![id]).await? } else { tx.fetch(sql, params![id]).await? };
        let row = rows.first().ok_or(PayoutError::NotFound)?;
        let state = BatchState::parse(&row.text(0)?).ok_or(DatabaseError::Schema)?;
        let receipt = row.text(1)?;
        let sql = "SELECT account, amount FROM market_payout_line WHERE batch = $1 ORDER BY account";
        let mut lines = Vec::new();
        for row in tx.fetch(sql, params![id]).await? {
            let (account, amount) = (AccountId::from_bytes(row.array(0)?), Cents(row.int(1)?));
            lines.push(PayoutLine { account, amount });
        }
        Ok((PayoutBatch { id, lines }, state, receipt))
    }

    /// An operator approves the lines with this hash. Approvals of one operator count once.
    ///
    /// # Errors
    ///
    /// [`PayoutError::OtherLines`], or the batch is not waiting for approvals.
    pub async fn approve(
        &self,
        id: BatchId,
        operator: [u8; 16],
        digest: [u8; 32],
    ) -> Result<BatchState, PayoutError> {
        let mut tx = self.database.begin().await?;
        let (batch, state, _) = Self::load(&mut tx, id, true).await?;
        if batch.digest() != digest {
            return Err(PayoutError::OtherLines);
        }
        if state != BatchState::Prepared {
            // The same approval again changes nothing.
            return if state == BatchState::Approved { Ok(state) } else { Err(PayoutError::State(state)) };
        }
        let now = tx.now().await?;
        let sql = "INSERT INTO market_payout_approval (batch, operator, digest, at) VALUES ($1, $2, $3, $4) \
                   ON CONFLICT (batch, operator) DO NOTHING";
        tx.execute(sql, params![id, operator, digest, now]).await?;
        let sql = "SELECT COUNT(*) FROM market_payout_approval WHERE batch = $1 AND digest = $2";
        let row = tx.fetch_one(sql, params![id, digest]).await?.ok_or(DatabaseError::Schema)?;
        let state = if row.int(0)? >= i64::from(self.approvals) {
            BatchState::Approved
        } else {
            BatchState::Prepared
        };
        let sql = "UPDATE market_payout_batch SET state = $2 WHERE id = $1";
        tx.execute(sql, params![id, state.as_str()]).await?;
        tx.commit().await?;
        Ok(state)
    }

    /// Batches in a state, oldest first.
    ///
    /// # Errors
    ///
    /// The database fails.
    pub async fn batches(&self, state: BatchState) -> Result<Vec<BatchId>, PayoutError> {
        let sql = "SELECT id FROM market_payout_batch WHERE state = $1 ORDER BY at, id";
        let rows = self.database.fetch(sql, params![state.as_str()]).await?;
        Ok(rows.iter().map(|row| row.array(0).map(BatchId::from_bytes)).collect::<Result<_, _>>()?)
    }

    /// Hands an approved batch over and notes the receipt. It may be repeated.
    ///
    /// # Errors
    ///
    /// The batch is not approved, or whoever pays does not answer.
    pub async fn hand_over(&self, id: BatchId, to: &dyn Payout) -> Result<BatchState, PayoutError> {
        let (batch, state) = self.batch(id).await?;
        match state {
            BatchState::Approved | BatchState::Pending => {}
            BatchState::Settled => return Ok(state),
            other => return Err(PayoutError::State(other)),
        }
        let receipt = to.pay(&batch).await?;
        self.receipt(id, &receipt).await
    }

    /// Notes what whoever pays says: also the same receipt again, which changes nothing.
    ///
    /// # Errors
    ///
    /// [`PayoutError::OtherReceipt`], or the batch was not handed over.
    pub async fn receipt(&self, id: BatchId, receipt: &Receipt) -> Result<BatchState, PayoutError> {
        let mut tx = self.database.begin().await?;
        let (batch, state, known) = Self::load(&mut tx, id, true).await?;
        if !known.is_empty() && known != receipt.id {
            return Err(PayoutError::OtherReceipt);
        }
        let next = match (state, receipt.state) {
            (BatchState::Approved | BatchState::Pending, ReceiptState::Pending) => BatchState::Pending,
            (BatchState::Approved | BatchState::Pending, ReceiptState::Settled) => BatchState::Settled,
            (BatchState::Approved | BatchState::Pending, ReceiptState::Failed) => BatchState::Failed,
            (BatchState::Settled, ReceiptState::Pending | ReceiptState::Settled) => BatchState::Settled,
            (BatchState::Failed, ReceiptState::Pending | ReceiptState::Failed) => BatchState::Failed,
            (other, _) => return Err(PayoutError::State(other)),
        };
        match next {
            BatchState::Settled => {
                let (transit, outside) = (LedgerAccount::transit(id.to_bytes()), LedgerAccount::outside());
                let key = Idempotency::key("settle", &[&id.to_bytes()]);
                let posting = Posting::transfer(key, "settle", transit, outside, batch.total())?;
                Ledger::post_in(&mut tx, &posting).await?;
            }
            BatchState::Failed => Self::post(&mut tx, &batch, "returned", true).await?,
            _ => {}
        }
        let sql = "UPDATE market_payout_batch SET state = $2, receipt = $3 WHERE id = $1";
        tx.execute(sql, params![id, next.as_str(), receipt.id.as_str()]).await?;
        tx.commit().await?;
        Ok(next)
    }

    /// What was paid to an account, and what is on its way to it.
    ///
    /// # Errors
    ///
    /// The database fails.
    pub async fn paid(&self, account: AccountId) -> Result<(Cents, Cents), PayoutError> {
        let sql = "SELECT b.state, CAST(SUM(l.amount) AS BIGINT) FROM market_payout_line l \
                   JOIN market_payout_batch b ON b.id = l.batch WHERE l.account = $1 GROUP BY b.state";
        let (mut paid, mut under_way) = (Cents::ZERO, Cents::ZERO);
        for row in self.database.fetch(sql, params![account]).await? {
            let amount = Cents(row.int(1)?);
            match BatchState::parse(&row.text(0)?).ok_or(DatabaseError::Schema)? {
                BatchState::Settled => paid = amount,
                BatchState::Failed => {}
                _ => under_way = under_way.checked_add(amount).ok_or(LedgerError::TooLarge)?,
            }
        }
        Ok((paid, under_way))
    }
}

/// Writes each batch as a file of comma-separated lines, for a bank or an accountant. It stays pending until somebody
/// says that the money has arrived.
#[derive(Debug, Clone)]
pub struct FilePayout {
    folder: PathBuf,
}

impl FilePayout {
    /// Files in this folder, which must be there.
    pub fn new(folder: impl AsRef<Path>) -> Self {
        Self { folder: folder.as_ref().to_owned() }
    }

    fn write(&self, batch: &PayoutBatch) -> std::io::Result<()> {
        let mut text = String::from("account,amount\n");
        for line in &batch.lines {
            text.push_str(&format!("{},{}\n", line.account, line.amount));
        }
        let path = self.folder.join(format!("payout-{}.csv", batch.id));
        let part = self.folder.join(format!(".payout-{}.part", batch.id));
        let mut file = std::fs::File::create(&part)?;
        file.write_all(text.as_bytes())?;
        file.sync_all()?;
        // The same batch has the same lines: a second file is the first.
        std::fs::rename(part, path)
    }
}

#[async_trait]
impl Payout for FilePayout {
    async fn pay(&self, batch: &PayoutBatch) -> Result<Receipt, PayoutError> {
        self.write(batch).map_err(|_| PayoutError::Unavailable)?;
        Ok(Receipt { id: format!("file-{}", batch.id), state: ReceiptState::Pending })
    }
}

/// Pays nothing and says that it arrived: for demonstrations.
#[derive(Debug, Clone, Copy, Default)]
pub struct DummyPayout;

#[async_trait]
impl Payout for DummyPayout {
    async fn pay(&self, batch: &PayoutBatch) -> Result<Receipt, PayoutError> {
        Ok(Receipt { id: format!("dummy-{}", batch.id), state: ReceiptState::Settled })
    }
}

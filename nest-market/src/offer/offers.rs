//! The offers in the tables, and the changes of their state. Each change and what it causes are one transaction.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use super::{Aborted, Event, OfferError, OfferState, RequestText, Terms, TermsHash};
use crate::account::{Account, AccountNumber};
use crate::consent::{Consents, Notices};
use crate::database::{Database, DatabaseError, Row, Tx, id, params};
use crate::money::{AccountId, Cents, Escrow, Funding, LedgerAccount, PaymentMethod};
use crate::task::{TaskKind, Tasks};

id!(
    /// The number of an offer.
    OfferId
);

/// For how long an offer waits for its money after the window has closed.
const FUNDING_TIME: Duration = Duration::from_secs(7 * 24 * 3600);

/// One offer.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Offer {
    /// Its number.
    pub id: OfferId,
    /// Who asks.
    pub processor: AccountNumber,
    /// The processor's number in the ledger.
    pub money: AccountId,
    /// How far it is.
    pub state: OfferState,
    /// Why it came to nothing, where it did.
    pub aborted: Option<Aborted>,
    /// The query, as it was understood.
    pub query: String,
    /// The terms.
    pub terms: Terms,
    /// The words that people read, as JSON.
    pub request: String,
    /// Their hash.
    pub hash: TermsHash,
    /// Whether the money is there.
    pub funded: bool,
    /// When the window closes, in milliseconds since 1970.
    pub closes: i64,
    /// The result as JSON; empty where there is none yet.
    pub result: String,
}

const COLUMNS: &str =
    "id, processor, money, state, reason, query, terms, request, hash, funded, closes, result";

impl Offer {
    fn read(row: &Row) -> Result<Self, OfferError> {
        let terms = serde_json::from_str(&row.text(6)?).map_err(|_| DatabaseError::Schema)?;
        Ok(Self {
            id: OfferId::from_bytes(row.array(0)?),
            processor: AccountNumber::from_bytes(row.array(1)?),
            money: AccountId::from_bytes(row.array(2)?),
            state: OfferState::parse(&row.text(3)?).ok_or(DatabaseError::Schema)?,
            aborted: Aborted::parse(&row.text(4)?),
            query: row.text(5)?,
            terms,
            request: row.text(7)?,
            hash: TermsHash::from_bytes(row.array(8)?),
            funded: row.int(9)? != 0,
            closes: row.int(10)?,
            result: row.text(11)?,
        })
    }

    fn escrow(&self) -> Escrow {
        Escrow::of(self.id.to_bytes())
    }
}

/// The offers of a market.
#[derive(Clone)]
pub struct Offers {
    database: Database,
    methods: Arc<BTreeMap<&'static str, Arc<dyn PaymentMethod>>>,
}

impl fmt::Debug for Offers {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Offers").field("methods", &self.methods.keys()).finish_non_exhaustive()
    }
}

impl Offers {
    /// The offers in this database, paid by these methods.
    pub fn new(database: &Database, methods: Vec<Arc<dyn PaymentMethod>>) -> Self {
        let methods = methods.into_iter().map(|method| (method.name(), method)).collect();
        Self { database: database.clone(), methods: Arc::new(methods) }
    }

    fn method(&self, name: &str) -> Result<&Arc<dyn PaymentMethod>, OfferError> {
        self.methods.get(name).ok_or(OfferError::Payment)
    }

    /// Whether the terms can be offered by this processor.
    pub(crate) fn check(&self, processor: &Account, terms: &Terms) -> Result<(), OfferError> {
        terms.check()?;
        match self.method(&terms.payment)?.funding(processor.money, terms.price) {
            Funding::Refused => Err(OfferError::Payment),
            _ => Ok(()),
        }
    }

    /// Writes an offer and asks these people, in one transaction. `words` makes the text from the end of the window.
    pub(crate) async fn create(
        &self,
        id: OfferId,
        processor: &Account,
        query: &str,
        terms: &Terms,
        asked: &[(AccountNumber, AccountId)],
        words: impl Fn(i64) -> RequestText,
    ) -> Result<Tx, OfferError> {
        self.check(processor, terms)?;
        let mut tx = self.database.begin().await?;
        let now = tx.now().await?;
        let closes = now.saturating_add(i64::from(terms.open_for_seconds) * 1000);
        let request = words(closes).to_words().ok_or(OfferError::Invalid("the request cannot be written"))?;
        let state = OfferState::Draft.after(Event::Offer).ok_or(OfferError::State(OfferState::Draft))?;
        let written = serde_json::to_string(terms).map_err(|_| DatabaseError::Schema)?;
        let sql = "INSERT INTO market_offer (id, processor, money, state, reason, query, terms, request, hash, \
                   funded, closes, result, at) VALUES ($1, $2, $3, $4, '', $5, $6, $7, $8, 0, $9, '', $10)";
        let hash = TermsHash::of(&request).to_bytes();
        let params = params![
            id,
            processor.id,
            processor.money,
            state.as_str(),
            query,
            written,
            request,
            hash,
            closes,
            now
        ];
        tx.execute(sql, params).await?;
        Consents::ask(&mut tx, id, asked, now).await?;
        Tasks::add_at(&mut tx, TaskKind::CloseWindow, &id.to_string(), now, closes).await?;
        Ok(tx)
    }

    /// The offer of this number.
    ///
    /// # Errors
    ///
    /// [`OfferError::NotFound`]
    pub async fn get(&self, id: OfferId) -> Result<Offer, OfferError> {
        let sql = format!("SELECT {COLUMNS} FROM market_offer WHERE id = $1");
        let rows = self.database.fetch(&sql, params![id]).await?;
        Offer::read(rows.first().ok_or(OfferError::NotFound)?)
    }

    /// The offer of this number and this processor.
    ///
    /// # Errors
    ///
    /// [`OfferError::NotFound`] also for one of another processor.
    pub async fn of(&self, processor: AccountNumber, id: OfferId) -> Result<Offer, OfferError> {
        let sql = format!("SELECT {COLUMNS} FROM market_offer WHERE id = $1 AND processor = $2");
        let rows = self.database.fetch(&sql, params![id, processor]).await?;
        Offer::read(rows.first().ok_or(OfferError::NotFound)?)
    }

    /// The offers of a processor, newest first: at most 200.
    ///
    /// # Errors
    ///
    /// The database fails.
    pub async fn list(&self, processor: AccountNumber) -> Result<Vec<Offer>, OfferError> {
        let sql =
            format!("SELECT {COLUMNS} FROM market_offer WHERE processor = $1 ORDER BY at DESC, id LIMIT 200");
        let rows = self.database.fetch(&sql, params![processor]).await?;
        rows.iter().map(Offer::read).collect()
    }

    /// The offers of a processor that are not at an end.
    pub(crate) async fn open(&self, processor: AccountNumber) -> Result<Vec<OfferId>, OfferError> {
        let sql = "SELECT id FROM market_offer WHERE processor = $1 AND state IN ('offered', 'closed', 'funded', \
                   'executing', 'released') ORDER BY id";
        let rows = self.database.fetch(sql, params![processor]).await?;
        Ok(rows.iter().map(|row| row.array(0).map(OfferId::from_bytes)).collect::<Result<_, _>>()?)
    }

    /// The offer with its row locked until the end of the transaction.
    pub(crate) async fn lock(tx: &mut Tx, id: OfferId) -> Result<Offer, OfferError> {
        let sql = format!("SELECT {COLUMNS} FROM market_offer WHERE id = $1");
        Offer::read(tx.fetch_locked(&sql, params![id]).await?.first().ok_or(OfferError::NotFound)?)
    }

    /// Brings an offer that is locked to its next state.
    pub(crate) async fn change(tx: &mut Tx, offer: &mut Offer, event: Event) -> Result<(), OfferError> {
        let next = offer.state.after(event).ok_or(OfferError::State(offer.state))?;
        let reason = match event {
            Event::Abort(reason) => {
                offer.aborted = Some(reason);
                reason.as_str()
            }
            _ => "",
        };
        let sql = "UPDATE market_offer SET state = $3, reason = $4 WHERE id = $1 AND state = $2";
        let params = params![offer.id, offer.state.as_str(), next.as_str(), reason];
        if tx.execute(sql, params).await? != 1 {
            return Err(OfferError::State(offer.state));
        }
        offer.state = next;
        Ok(())
    }

    /// Ends the window of an offer: with enough people it goes on, else it comes to nothing.
    pub(crate) async fn close(&self, tx: &mut Tx, id: OfferId) -> Result<(), OfferError> {
        let mut offer = Self::lock(tx, id).await?;
        if offer.state != OfferState::Offered {
            return Ok(());
        }
        Consents::expire(tx, id).await?;
        if Consents::accepted(tx, id).await?.len() < offer.terms.min_people as usize {
            return self.abort(tx, &mut offer, Aborted::TooFew).await;
        }
        Self::change(tx, &mut offer, Event::Close).await?;
        if offer.funded {
            Self::change(tx, &mut offer, Event::Fund).await?;
            Tasks::add(tx, TaskKind::Execute, &id.to_string(), Duration::ZERO).await?;
        } else {
            Tasks::add(tx, TaskKind::ExpireFunding, &id.to_string(), FUNDING_TIME).await?;
            Notices::add(tx, offer.processor, "offer-closed", id).await?;
        }
        Ok(())
    }

    /// Aborts an offer that was not paid for in time.
    pub(crate) async fn expire(&self, tx: &mut Tx, id: OfferId) -> Result<(), OfferError> {
        let mut offer = Self::lock(tx, id).await?;
        if offer.state == OfferState::Closed {
            self.abort(tx, &mut offer, Aborted::Expired).await?;
        }
        Ok(())
    }

    /// Ends an offer without a result. Its money goes back, and everybody who was asked is told.
    pub(crate) async fn abort(
        &self,
        tx: &mut Tx,
        offer: &mut Offer,
        reason: Aborted,
    ) -> Result<(), OfferError> {
        Self::change(tx, offer, Event::Abort(reason)).await?;
        if offer.funded {
            let to = self.method(&offer.terms.payment)?.refund_to(offer.money);
            offer.escrow().refund(tx, to).await?;
        }
        Consents::expire(tx, offer.id).await?;
        Notices::add(tx, offer.processor, "offer-aborted", offer.id).await?;
        Ok(())
    }

    /// The processor withdraws an offer that is not being evaluated yet.
    ///
    /// # Errors
    ///
    /// [`OfferError::NotFound`] for that of another processor, and [`OfferError::State`].
    pub async fn withdraw(&self, processor: AccountNumber, id: OfferId) -> Result<(), OfferError> {
        let mut tx = self.database.begin().await?;
        let mut offer = Self::lock(&mut tx, id).await?;
        if offer.processor != processor {
            return Err(OfferError::NotFound);
        }
        if offer.aborted == Some(Aborted::Withdrawn) {
            return Ok(());
        }
        self.abort(&mut tx, &mut offer, Aborted::Withdrawn).await?;
        Ok(tx.commit().await?)
    }

    /// The processor pays for an offer. A second time it does nothing, under whatever key.
    ///
    /// # Errors
    ///
    /// [`OfferError::AwaitingReceipt`] where the money comes from outside, [`OfferError::Ledger`] where there is not
    /// enough, and [`OfferError::State`] where it is too late.
    pub async fn fund(&self, processor: AccountNumber, id: OfferId) -> Result<Offer, OfferError> {
        let mut tx = self.database.begin().await?;
        let mut offer = Self::lock(&mut tx, id).await?;
        if offer.processor != processor {
            return Err(OfferError::NotFound);
        }
        if offer.funded {
            return Ok(offer);
        }
        match self.method(&offer.terms.payment)?.funding(offer.money, offer.terms.price) {
            Funding::Nothing => self.fund_in(&mut tx, &mut offer, None).await?,
            Funding::From(account) => self.fund_in(&mut tx, &mut offer, Some(account)).await?,
            Funding::AfterReceipt => return Err(OfferError::AwaitingReceipt),
            Funding::Refused => return Err(OfferError::Payment),
        }
        tx.commit().await?;
        Ok(offer)
    }

    /// A payment from outside has arrived for an offer. The same receipt again does nothing.
    ///
    /// Money that comes too late, or twice under two receipts, is kept in the processor's balance.
    ///
    /// # Errors
    ///
    /// [`OfferError::Invalid`] where the receipt is of another amount.
    pub async fn receipt(&self, id: OfferId, receipt: &str, amount: Cents) -> Result<(), OfferError> {
        use crate::money::{Idempotency, Ledger, Posted, Posting};
        if receipt.is_empty() || !amount.is_positive() {
            return Err(OfferError::Invalid("a receipt has a name and an amount above zero"));
        }
        let mut tx = self.database.begin().await?;
        let mut offer = Self::lock(&mut tx, id).await?;
        let balance = LedgerAccount::processor(offer.money);
        let key = Idempotency::key("receipt", &[receipt.as_bytes()]);
        let posting = Posting::transfer(key, "receipt", LedgerAccount::outside(), balance, amount)?;
        if Ledger::post_in(&mut tx, &posting).await? == Posted::Before {
            return Ok(());
        }
        let waits = matches!(offer.state, OfferState::Offered | OfferState::Closed) && !offer.funded;
        if waits && amount >= offer.terms.price {
            self.fund_in(&mut tx, &mut offer, Some(balance)).await?;
        }
        Ok(tx.commit().await?)
    }

    async fn fund_in(
        &self,
        tx: &mut Tx,
        offer: &mut Offer,
        from: Option<LedgerAccount>,
    ) -> Result<(), OfferError> {
        if !matches!(offer.state, OfferState::Offered | OfferState::Closed) {
            return Err(OfferError::State(offer.state));
        }
        if let Some(from) = from {
            offer.escrow().fund(tx, from, offer.terms.price).await?;
        }
        offer.funded = true;
        tx.execute("UPDATE market_offer SET funded = 1 WHERE id = $1", params![offer.id]).await?;
        if offer.state == OfferState::Closed {
            Self::change(tx, offer, Event::Fund).await?;
            Tasks::add(tx, TaskKind::Execute, &offer.id.to_string(), Duration::ZERO).await?;
        }
        Ok(())
    }

    /// Stores the result, once.
    pub(crate) async fn release(tx: &mut Tx, offer: &mut Offer, result: &str) -> Result<(), OfferError> {
        Self::change(tx, offer, Event::Release).await?;
        let sql = "UPDATE market_offer SET result = $2 WHERE id = $1 AND result = ''";
        tx.execute(sql, params![offer.id, result]).await?;
        Tasks::add(tx, TaskKind::PayShares, &offer.id.to_string(), Duration::ZERO).await?;
        Notices::add(tx, offer.processor, "result-released", offer.id).await?;
        Ok(())
    }

    /// Divides the money among the people whose values were used.
    pub(crate) async fn pay(&self, tx: &mut Tx, id: OfferId) -> Result<(), OfferError> {
        let mut offer = Self::lock(tx, id).await?;
        if offer.state != OfferState::Released {
            return Ok(());
        }
        let people = Consents::used(tx, id).await?;
        let money: Vec<AccountId> = people.iter().map(|(_, money)| *money).collect();
        offer.escrow().pay_out(tx, &money).await?;
        if money.is_empty() && offer.funded {
            // Everybody has closed their account meanwhile.
            let to = self.method(&offer.terms.payment)?.refund_to(offer.money);
            offer.escrow().refund(tx, to).await?;
        }
        Self::change(tx, &mut offer, Event::Pay).await?;
        for (account, _) in people {
            Notices::add(tx, account, "share-paid", id).await?;
        }
        Ok(())
    }
}

//! Who was asked about an offer, and what they decided.

use serde::Serialize;

use super::{ConsentState, Decision, Notices, Rules};
use crate::account::AccountNumber;
use crate::database::{Database, DatabaseError, Row, Tx, params};
use crate::money::AccountId;
use crate::offer::{OfferError, OfferId, OfferState, Offers, TermsHash};

/// An offer as a person sees it: not who else was asked, nor how many have agreed.
#[derive(Debug, Clone, Serialize)]
#[non_exhaustive]
pub struct Asked {
    /// The offer.
    pub offer: OfferId,
    /// How far it is.
    pub state: OfferState,
    /// What the person said.
    pub consent: ConsentState,
    /// The words to read, as they were written.
    #[serde(serialize_with = "as_json")]
    pub request: String,
    /// The hash to name in a decision.
    #[serde(serialize_with = "as_text")]
    pub terms_hash: TermsHash,
    /// Until when one may decide, in milliseconds since 1970.
    pub closes: i64,
}

fn as_json<S: serde::Serializer>(words: &str, serializer: S) -> Result<S::Ok, S::Error> {
    use serde::ser::Error as _;
    let raw = serde_json::value::RawValue::from_string(words.to_owned()).map_err(S::Error::custom)?;
    raw.serialize(serializer)
}

fn as_text<S: serde::Serializer>(hash: &TermsHash, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_str(hash)
}

/// One decision of a person, without any value.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Decided {
    /// `accept` or `deny`.
    pub decision: String,
    /// `person` or `rule`.
    pub made_by: String,
    /// When, in milliseconds since 1970.
    pub at: i64,
}

/// The consents in one database.
#[derive(Debug, Clone)]
pub struct Consents {
    database: Database,
}

impl Consents {
    /// The consents in this database.
    pub fn new(database: &Database) -> Self {
        Self { database: database.clone() }
    }

    /// Asks people about an offer.
    pub(crate) async fn ask(
        tx: &mut Tx,
        offer: OfferId,
        people: &[(AccountNumber, AccountId)],
        now: i64,
    ) -> Result<(), OfferError> {
        let asked = ConsentState::Asked.as_str();
        let rows = people.iter().map(|(account, money)| params![offer, *account, *money, asked, now]);
        let head = "INSERT INTO market_consent (offer, account, money, state, at)";
        tx.insert(head, rows.collect(), "").await?;
        let accounts: Vec<_> = people.iter().map(|(account, _)| *account).collect();
        Ok(Notices::add_all(tx, &accounts, "asked", offer).await?)
    }

    /// The offers that a person was asked about, newest first: at most 200.
    ///
    /// # Errors
    ///
    /// The database fails.
    pub async fn list(&self, account: AccountNumber) -> Result<Vec<Asked>, OfferError> {
        let sql = format!("{SELECT} WHERE c.account = $1 ORDER BY o.at DESC, o.id LIMIT 200");
        self.database.fetch(&sql, params![account]).await?.iter().map(asked).collect()
    }

    /// One of them.
    ///
    /// # Errors
    ///
    /// [`OfferError::NotFound`] also for an offer that the person was not asked about.
    pub async fn get(&self, account: AccountNumber, offer: OfferId) -> Result<Asked, OfferError> {
        let sql = format!("{SELECT} WHERE c.account = $1 AND c.offer = $2");
        let rows = self.database.fetch(&sql, params![account, offer]).await?;
        asked(rows.first().ok_or(OfferError::NotFound)?)
    }

    /// What a person decided about an offer, in order.
    ///
    /// # Errors
    ///
    /// The database fails.
    pub async fn history(&self, account: AccountNumber, offer: OfferId) -> Result<Vec<Decided>, OfferError> {
        let sql = "SELECT decision, made_by, at FROM market_decision WHERE account = $1 AND offer = $2 ORDER BY number";
        let read = |row: &Row| Ok(Decided { decision: row.text(0)?, made_by: row.text(1)?, at: row.int(2)? });
        self.database.fetch(sql, params![account, offer]).await?.iter().map(read).collect()
    }

    /// A person decides. The last decision counts.
    ///
    /// # Errors
    ///
    /// [`OfferError::OtherTerms`] where the hash is of other words, [`OfferError::Closed`] where an agreement comes too
    /// late, and [`OfferError::TooLate`] where a withdrawal does.
    pub async fn decide(
        &self,
        account: AccountNumber,
        offer: OfferId,
        hash: TermsHash,
        decision: Decision,
    ) -> Result<ConsentState, OfferError> {
        let mut tx = self.database.begin().await?;
        let state = Self::decide_in(&mut tx, account, offer, Some(hash), decision, "person").await?;
        tx.commit().await?;
        Ok(state)
    }

    /// A decision by the person, or by a rule of theirs, which has no hash.
    pub(crate) async fn decide_in(
        tx: &mut Tx,
        account: AccountNumber,
        id: OfferId,
        hash: Option<TermsHash>,
        decision: Decision,
        made_by: &str,
    ) -> Result<ConsentState, OfferError> {
        // The offer first, as the evaluation locks it.
        let offer = Offers::lock(tx, id).await?;
        let sql = "SELECT state FROM market_consent WHERE offer = $1 AND account = $2";
        let rows = tx.fetch_locked(sql, params![id, account]).await?;
        let row = rows.first().ok_or(OfferError::NotFound)?;
        let state = ConsentState::parse(&row.text(0)?).ok_or(DatabaseError::Schema)?;
        if hash.is_some_and(|hash| hash != offer.hash) {
            return Err(OfferError::OtherTerms);
        }
        let now = tx.now().await?;
        match decision {
            Decision::Accept if offer.state != OfferState::Offered || now >= offer.closes => {
                return Err(OfferError::Closed);
            }
            Decision::Deny if !offer.state.may_withdraw() => {
                let is_over = offer.state == OfferState::Aborted;
                return Err(if is_over { OfferError::Closed } else { OfferError::TooLate });
            }
            _ => {}
        }
        let next = state.after(decision).ok_or(OfferError::Closed)?;
        let sql = "SELECT COUNT(*) FROM market_decision WHERE offer = $1 AND account = $2";
        let number = tx.fetch_one(sql, params![id, account]).await?.ok_or(DatabaseError::Schema)?.int(0)?;
        let sql = "INSERT INTO market_decision (offer, account, number, decision, made_by, at) \
                   VALUES ($1, $2, $3, $4, $5, $6)";
        tx.execute(sql, params![id, account, number, decision.as_str(), made_by, now]).await?;
        let sql = "UPDATE market_consent SET state = $3, at = $4 WHERE offer = $1 AND account = $2";
        tx.execute(sql, params![id, account, next.as_str(), now]).await?;
        Ok(next)
    }

    /// Who has agreed, in the order of their numbers.
    pub(crate) async fn accepted(
        tx: &mut Tx,
        offer: OfferId,
    ) -> Result<Vec<(AccountNumber, AccountId)>, OfferError> {
        Self::in_state(tx, offer, ConsentState::Accepted).await
    }

    /// Whose values are used, in the order of their numbers.
    pub(crate) async fn used(
        tx: &mut Tx,
        offer: OfferId,
    ) -> Result<Vec<(AccountNumber, AccountId)>, OfferError> {
        Self::in_state(tx, offer, ConsentState::Used).await
    }

    async fn in_state(
        tx: &mut Tx,
        offer: OfferId,
        state: ConsentState,
    ) -> Result<Vec<(AccountNumber, AccountId)>, OfferError> {
        let sql =
            "SELECT account, money FROM market_consent WHERE offer = $1 AND state = $2 ORDER BY account";
        let mut people = Vec::new();
        for row in tx.fetch(sql, params![offer, state.as_str()]).await? {
            people.push((AccountNumber::from_bytes(row.array(0)?), AccountId::from_bytes(row.array(1)?)));
        }
        Ok(people)
    }

    /// Locks those who have agreed and are needed: from now on they cannot withdraw.
    pub(crate) async fn lock_used(
        tx: &mut Tx,
        offer: OfferId,
        needed: &[AccountNumber],
    ) -> Result<(), OfferError> {
        for account in needed {
            let sql = "UPDATE market_consent SET state = 'used' WHERE offer = $1 AND account = $2 AND state = 'accepted'";
            if tx.execute(sql, params![offer, *account]).await? != 1 {
                return Err(DatabaseError::Serialization.into());
            }
        }
        let sql = "UPDATE market_consent SET state = 'expired' WHERE offer = $1 AND state = 'accepted'";
        tx.execute(sql, params![offer]).await?;
        Ok(())
    }

    /// Ends what nobody has decided; and where the offer came to nothing, also what was agreed to.
    pub(crate) async fn expire(tx: &mut Tx, offer: OfferId) -> Result<(), OfferError> {
        let sql = "UPDATE market_consent SET state = 'expired' WHERE offer = $1 AND (state = 'asked' OR \
                   state IN ('accepted', 'used') AND EXISTS \
                   (SELECT 1 FROM market_offer WHERE id = $1 AND state = 'aborted'))";
        tx.execute(sql, params![offer]).await?;
        Ok(())
    }

    /// Removes what hangs on an account that is closed. Its agreements are void, unless they are being used.
    pub(crate) async fn forget(tx: &mut Tx, account: AccountNumber) -> Result<(), OfferError> {
        for sql in [
            "DELETE FROM market_consent WHERE account = $1",
            "DELETE FROM market_decision WHERE account = $1",
            "DELETE FROM market_notice WHERE account = $1",
        ] {
            tx.execute(sql, params![account]).await?;
        }
        Rules::forget(tx, account).await
    }
}

const SELECT: &str = "SELECT o.id, o.state, c.state, o.request, o.hash, o.closes FROM market_consent c \
                      JOIN market_offer o ON o.id = c.offer";

fn asked(row: &Row) -> Result<Asked, OfferError> {
    Ok(Asked {
        offer: OfferId::from_bytes(row.array(0)?),
        state: OfferState::parse(&row.text(1)?).ok_or(DatabaseError::Schema)?,
        consent: ConsentState::parse(&row.text(2)?).ok_or(DatabaseError::Schema)?,
        request: row.text(3)?,
        terms_hash: TermsHash::from_bytes(row.array(4)?),
        closes: row.int(5)?,
    })
}

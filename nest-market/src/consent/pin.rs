//! Questions in person: a processor shows a PIN, the person sees exactly what would leave, and agrees to that.
//!
//! A PIN is eight random digits, good for ten minutes and one use. Wrong PINs are counted for each person, so they cannot
//! be guessed.

use std::fmt;
use std::time::Duration;

use serde::Serialize;

use crate::account::{AccountNumber, Limit, Limiter, hash};
use crate::database::{Database, DatabaseError, Row, Tx, id, params};
use crate::offer::{OfferError, TermsHash};

id!(
    /// The number of a question in person.
    PinQueryId
);

/// How long a PIN is good.
const LIFE: Duration = Duration::from_secs(600);

/// Eight random digits.
#[derive(Clone, PartialEq, Eq, Serialize)]
#[serde(transparent)]
pub struct Pin(String);

impl Pin {
    fn random() -> Self {
        use rand::RngExt as _;
        Self(format!("{:08}", rand::rng().random_range(0..100_000_000_u32)))
    }

    /// The digits.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Pin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Pin(..)")
    }
}

/// How far a question in person is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum PinState {
    /// Nobody has entered the PIN.
    Waiting,
    /// Somebody has, and sees what would leave.
    Shown,
    /// They agreed: the answer is there.
    Answered,
    /// They refused.
    Denied,
}

impl PinState {
    const ALL: [PinState; 4] = [PinState::Waiting, PinState::Shown, PinState::Answered, PinState::Denied];

    const fn as_str(self) -> &'static str {
        match self {
            PinState::Waiting => "waiting",
            PinState::Shown => "shown",
            PinState::Answered => "answered",
            PinState::Denied => "denied",
        }
    }
}

/// A question in person, as its processor or its person sees it.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct PinQuery {
    /// Its number.
    pub id: PinQueryId,
    /// Who asks.
    pub processor: AccountNumber,
    /// The attributes that are asked for, as the processor wrote them.
    pub query: String,
    /// The words that the person reads, as JSON.
    pub terms: String,
    /// How far it is.
    pub state: PinState,
    /// The answer as JSON; empty until the person has agreed.
    pub result: String,
    /// When it ends, in milliseconds since 1970.
    pub until: i64,
    account: AccountNumber,
    preview: [u8; 32],
}

/// The questions in person in one database.
#[derive(Debug, Clone)]
pub struct PinQueries {
    database: Database,
    limiter: Limiter,
}

/// Who has entered the PIN while nobody has: no account has this number but by a chance of 2⁻¹²⁸.
const NOBODY: AccountNumber = AccountNumber::from_bytes([0; 16]);

const COLUMNS: &str = "id, processor, query, terms, state, result, until, account, hash";

impl PinQueries {
    /// The questions in this database.
    pub fn new(database: &Database) -> Self {
        Self { database: database.clone(), limiter: Limiter::new(database) }
    }

    /// A processor asks a question in person.
    ///
    /// # Errors
    ///
    /// The database fails.
    pub async fn create(
        &self,
        processor: AccountNumber,
        query: &str,
        terms: &str,
    ) -> Result<(PinQueryId, Pin), OfferError> {
        let mut tx = self.database.begin().await?;
        let now = tx.now().await?;
        let until = now.saturating_add(i64::try_from(LIFE.as_millis()).unwrap_or(i64::MAX));
        // What is over frees its PIN.
        tx.execute("DELETE FROM market_pin WHERE until <= $1 AND state <> 'answered'", params![now]).await?;
        let id = PinQueryId::random();
        for _ in 0..10 {
            let pin = Pin::random();
            let sql = "INSERT INTO market_pin (id, pin, processor, query, terms, state, account, hash, result, until) \
                       VALUES ($1, $2, $3, $4, $5, 'waiting', $6, $7, '', $8) ON CONFLICT (pin) DO NOTHING";
            let params =
                params![id, hash("pin", pin.as_str()), processor, query, terms, NOBODY, [0_u8; 32], until];
            if tx.execute(sql, params).await? == 1 {
                tx.commit().await?;
                return Ok((id, pin));
            }
        }
        Err(DatabaseError::Busy.into())
    }

    /// The question of this number and this processor.
    ///
    /// # Errors
    ///
    /// [`OfferError::NotFound`] also for one of another processor.
    pub async fn of(&self, processor: AccountNumber, id: PinQueryId) -> Result<PinQuery, OfferError> {
        let sql = format!("SELECT {COLUMNS} FROM market_pin WHERE id = $1 AND processor = $2");
        let rows = self.database.fetch(&sql, params![id, processor]).await?;
        read(rows.first().ok_or(OfferError::NotFound)?)
    }

    /// A person enters a PIN. Each entry is counted, right or wrong.
    ///
    /// # Errors
    ///
    /// [`OfferError::NotFound`] for a PIN that is unknown, over, used, or shown to somebody else: they look the same.
    pub async fn enter(&self, account: AccountNumber, pin: &str) -> Result<PinQuery, OfferError> {
        self.limiter.count(Limit::PIN, &account.to_bytes()).await?;
        let mut tx = self.database.begin().await?;
        let query = Self::lock(&mut tx, account, pin).await?;
        let sql = "UPDATE market_pin SET state = 'shown', account = $2 WHERE id = $1";
        tx.execute(sql, params![query.id, account]).await?;
        tx.commit().await?;
        Ok(PinQuery { state: PinState::Shown, account, ..query })
    }

    /// Notes exactly what a person was shown: only that can leave.
    pub(crate) async fn shown(&self, query: &PinQuery, preview: &str) -> Result<TermsHash, OfferError> {
        let hash = TermsHash::of(preview);
        let mut tx = self.database.begin().await?;
        let sql = "UPDATE market_pin SET hash = $3 WHERE id = $1 AND account = $2 AND state = 'shown'";
        tx.execute(sql, params![query.id, query.account, hash.to_bytes()]).await?;
        tx.commit().await?;
        Ok(hash)
    }

    /// The person agrees to let this leave, or refuses. Either way the PIN is used.
    ///
    /// # Errors
    ///
    /// [`OfferError::OtherTerms`] where it is not what they were shown, and as [`enter`](Self::enter).
    pub(crate) async fn decide(
        &self,
        account: AccountNumber,
        pin: &str,
        agreed: Option<(TermsHash, &str)>,
    ) -> Result<(), OfferError> {
        let mut tx = self.database.begin().await?;
        let query = Self::lock(&mut tx, account, pin).await?;
        if query.state != PinState::Shown {
            return Err(OfferError::NotFound);
        }
        let (state, result) = match agreed {
            Some((hash, result)) => {
                if hash.to_bytes() != query.preview || TermsHash::of(result) != hash {
                    return Err(OfferError::OtherTerms);
                }
                (PinState::Answered, result)
            }
            None => (PinState::Denied, ""),
        };
        // The PIN itself is forgotten, so it cannot be used again.
        let used: [u8; 32] = rand::random();
        let sql = "UPDATE market_pin SET state = $2, result = $3, pin = $4 WHERE id = $1";
        tx.execute(sql, params![query.id, state.as_str(), result, used]).await?;
        Ok(tx.commit().await?)
    }

    /// The question of a PIN that is good, for somebody who may see it.
    async fn lock(tx: &mut Tx, account: AccountNumber, pin: &str) -> Result<PinQuery, OfferError> {
        let now = tx.now().await?;
        let sql = format!(
            "SELECT {COLUMNS} FROM market_pin WHERE pin = $1 AND until > $2 AND state IN ('waiting', 'shown')"
        );
        let rows = tx.fetch_locked(&sql, params![hash("pin", pin), now]).await?;
        let query = read(rows.first().ok_or(OfferError::NotFound)?)?;
        if query.account != NOBODY && query.account != account {
            return Err(OfferError::NotFound);
        }
        Ok(query)
    }

    /// Removes questions that are over. Answers are kept for a day.
    pub(crate) async fn prune(tx: &mut Tx) -> Result<(), OfferError> {
        let before = tx.now().await?.saturating_sub(24 * 3600 * 1000);
        tx.execute("DELETE FROM market_pin WHERE until <= $1", params![before]).await?;
        Ok(())
    }
}

fn read(row: &Row) -> Result<PinQuery, OfferError> {
    let state = row.text(4)?;
    let state = PinState::ALL.into_iter().find(|known| known.as_str() == state);
    Ok(PinQuery {
        id: PinQueryId::from_bytes(row.array(0)?),
        processor: AccountNumber::from_bytes(row.array(1)?),
        query: row.text(2)?,
        terms: row.text(3)?,
        state: state.ok_or(DatabaseError::Schema)?,
        result: row.text(5)?,
        until: row.int(6)?,
        account: AccountNumber::from_bytes(row.array(7)?),
        preview: row.array(8)?,
    })
}

//! Sessions: a random token for the account's programs and pages, and a second one against forged forms.

use std::fmt;
use std::time::Duration;

use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq as _;

use super::{AccountError, AccountNumber, Role};
use crate::database::{Database, Tx, params};

/// How long a session lasts.
const LIFE: Duration = Duration::from_secs(12 * 3600);

/// What proves a session: 32 random bytes. The tables hold its hash.
#[derive(Clone, PartialEq, Eq)]
pub struct SessionToken(String);

impl SessionToken {
    /// The token as it is sent: 64 hexadecimal digits.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    fn random() -> Self {
        Self(random_hex())
    }
}

impl fmt::Debug for SessionToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SessionToken(..)")
    }
}

/// An account that has proved who it is.
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Session {
    /// Whose session it is.
    pub account: AccountNumber,
    /// What the account may do.
    pub role: Role,
    csrf: [u8; 32],
}

impl fmt::Debug for Session {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Session").field("role", &self.role).finish_non_exhaustive()
    }
}

impl Session {
    /// Whether a form was made for this session.
    pub fn accepts_form(&self, csrf: &str) -> bool {
        hash("csrf", csrf).ct_eq(&self.csrf).into()
    }
}

/// The sessions in one database.
#[derive(Debug, Clone)]
pub struct Sessions {
    database: Database,
}

impl Sessions {
    /// The sessions in this database.
    pub fn new(database: &Database) -> Self {
        Self { database: database.clone() }
    }

    /// Begins a session, and gives its token and the token for its forms.
    pub(super) async fn begin(&self, account: AccountNumber) -> Result<(SessionToken, String), AccountError> {
        let (token, csrf) = (SessionToken::random(), random_hex());
        let mut tx = self.database.begin().await?;
        let until = tx.now().await?.saturating_add(i64::try_from(LIFE.as_millis()).unwrap_or(i64::MAX));
        let sql = "INSERT INTO market_session (id, account, csrf, until) VALUES ($1, $2, $3, $4)";
        let (id, csrf_hash) = (hash("session", token.as_str()), hash("csrf", &csrf));
        tx.execute(sql, params![id, account, csrf_hash, until]).await?;
        tx.commit().await?;
        Ok((token, csrf))
    }

    /// The session of a token.
    ///
    /// # Errors
    ///
    /// [`AccountError::Denied`] where there is none, or it is over.
    pub async fn find(&self, token: &str) -> Result<Session, AccountError> {
        let mut tx = self.database.snapshot().await?;
        let now = tx.now().await?;
        let sql = "SELECT a.id, a.role, s.csrf FROM market_session s JOIN market_account a ON a.id = s.account \
                   WHERE s.id = $1 AND s.until > $2";
        let row =
            tx.fetch_one(sql, params![hash("session", token), now]).await?.ok_or(AccountError::Denied)?;
        Ok(Session {
            account: AccountNumber::from_bytes(row.array(0)?),
            role: Role::parse(&row.text(1)?).ok_or(AccountError::Denied)?,
            csrf: row.array(2)?,
        })
    }

    /// Ends the session of a token.
    ///
    /// # Errors
    ///
    /// The database fails.
    pub async fn end(&self, token: &str) -> Result<(), AccountError> {
        let mut tx = self.database.begin().await?;
        tx.execute("DELETE FROM market_session WHERE id = $1", params![hash("session", token)]).await?;
        Ok(tx.commit().await?)
    }

    /// Ends every session of an account.
    pub(super) async fn end_all(tx: &mut Tx, account: AccountNumber) -> Result<(), AccountError> {
        tx.execute("DELETE FROM market_session WHERE account = $1", params![account]).await?;
        Ok(())
    }

    /// Removes what is over.
    pub(crate) async fn prune(tx: &mut Tx) -> Result<(), AccountError> {
        let now = tx.now().await?;
        tx.execute("DELETE FROM market_session WHERE until <= $1", params![now]).await?;
        tx.execute("DELETE FROM market_limit WHERE until <= $1", params![now]).await?;
        Ok(())
    }
}

pub(crate) fn random_hex() -> String {
    let bytes: [u8; 32] = rand::random();
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// A random token has as many bits as its hash, so the hash needs no salt.
pub(crate) fn hash(what: &str, token: &str) -> [u8; 32] {
    Sha256::new_with_prefix("nest-market/token/1/")
        .chain_update(what)
        .chain_update([0])
        .chain_update(token)
        .finalize()
        .into()
}

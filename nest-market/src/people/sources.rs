//! The sources of the market and of each person, with the tokens that readings are pushed with.

use std::fmt;
use std::sync::{Arc, PoisonError, RwLock};

use super::PeopleError;
use crate::account::AccountNumber;
use crate::catalogue::{Cadence, Catalogue};
use crate::database::{Database, DatabaseError, Tx, params};
use crate::senml::{BaseOnly, Rules};

/// What proves that a program may push readings of one person and one source. It can do nothing else.
#[derive(Clone, PartialEq, Eq)]
pub struct PushToken(String);

impl PushToken {
    /// The token as it is sent. It is shown once, when it is made.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for PushToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("PushToken(..)")
    }
}

/// A source of a person.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
#[non_exhaustive]
pub struct PersonSource {
    /// Its name in the catalogue.
    pub source: String,
    /// Readings of the same attribute within this many milliseconds are one: the last write wins.
    pub granularity: i64,
    /// Whether records that have base fields only are taken.
    pub accept_base_only: bool,
}

impl PersonSource {
    /// How packs of this source are read that arrive at this time.
    pub(super) fn rules(&self, now: i64) -> Rules {
        let base_only = if self.accept_base_only { BaseOnly::Accept } else { BaseOnly::Refuse };
        Rules { now, base_only }
    }
}

/// The longest granularity: a day.
const DAY: i64 = 86_400_000;

/// The sources in one database, and the catalogue that they make.
#[derive(Clone)]
pub struct Sources {
    database: Database,
    /// Those that were compiled.
    compiled: Arc<Catalogue>,
    /// All, with how many of them are in the database.
    all: Arc<RwLock<(i64, Arc<Catalogue>)>>,
}

impl fmt::Debug for Sources {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Sources(..)")
    }
}

impl Sources {
    /// The sources of a catalogue that was compiled, and those that were added to this database.
    ///
    /// # Errors
    ///
    /// A source of the database does not fit the compiled ones.
    pub async fn open(database: &Database, compiled: Catalogue) -> Result<Self, PeopleError> {
        let compiled = Arc::new(compiled);
        let all = Arc::new(RwLock::new((-1, Arc::clone(&compiled))));
        let sources = Self { database: database.clone(), compiled, all };
        sources.catalogue().await?;
        Ok(sources)
    }

    /// The catalogue as it is now: sources that another process has added are in it.
    ///
    /// # Errors
    ///
    /// The database fails.
    pub async fn catalogue(&self) -> Result<Arc<Catalogue>, PeopleError> {
        let mut tx = self.database.snapshot().await?;
        // Sources are added and never changed or removed, so their number says whether there is anything new.
        let row = tx.fetch_one("SELECT COUNT(*) FROM market_source", Vec::new()).await?;
        let count = row.ok_or(DatabaseError::Schema)?.int(0)?;
        {
            let known = self.all.read().unwrap_or_else(PoisonError::into_inner);
            if known.0 == count {
                return Ok(Arc::clone(&known.1));
            }
        }
        let mut catalogue = Catalogue::clone(&self.compiled);
        for row in
            tx.fetch("SELECT name, manifest, steady FROM market_source ORDER BY name", Vec::new()).await?
        {
            catalogue = catalogue.manifest(&row.text(1)?)?;
            if row.int(2)? != 0 {
                catalogue.set_cadence(&row.text(0)?, Cadence::Steady)?;
            }
        }
        let catalogue = Arc::new(catalogue);
        *self.all.write().unwrap_or_else(PoisonError::into_inner) = (count, Arc::clone(&catalogue));
        Ok(catalogue)
    }

    /// Adds a source by its manifest, checked by the rules of compiled records. The same manifest again changes nothing.
    ///
    /// # Errors
    ///
    /// [`PeopleError::Catalogue`] where it cannot be in the catalogue.
    pub async fn add(&self, manifest: &str, steady: bool) -> Result<String, PeopleError> {
        let known = self.catalogue().await?;
        let alone = Catalogue::new().manifest(manifest)?;
        let name = alone.sources().first().map(|source| source.name().to_owned());
        let name = name.ok_or(PeopleError::NotFound)?;
        let mut tx = self.database.begin().await?;
        let now = tx.now().await?;
        let same = "SELECT manifest, steady FROM market_source WHERE name = $1";
        if let Some(row) = tx.fetch_one(same, params![&name]).await? {
            if row.text(0)? == manifest && (row.int(1)? != 0) == steady {
                return Ok(name);
            }
            return Err(PeopleError::Invalid("there is another source of this name"));
        }
        Catalogue::clone(&known).manifest(manifest)?;
        let sql = "INSERT INTO market_source (name, manifest, steady, at) VALUES ($1, $2, $3, $4)";
        tx.execute(sql, params![&name, manifest, i64::from(steady), now]).await?;
        tx.commit().await?;
        Ok(name)
    }

    /// A person adds a source, and gets the token for pushing. A second time, it is only a new token.
    ///
    /// # Errors
    ///
    /// [`PeopleError::NotFound`] where the catalogue has no such source.
    pub async fn begin(&self, account: AccountNumber, source: &str) -> Result<PushToken, PeopleError> {
        if self.catalogue().await?.source(source).is_none() {
            return Err(PeopleError::NotFound);
        }
        let token = PushToken(crate::account::random_hex());
        let mut tx = self.database.begin().await?;
        let now = tx.now().await?;
        let sql = "INSERT INTO market_person_source (account, source, token, accept_base_only, granularity, at) \
                   VALUES ($1, $2, $3, 0, 1000, $4) ON CONFLICT (account, source) DO UPDATE SET token = excluded.token";
        tx.execute(sql, params![account, source, hashed(&token.0), now]).await?;
        tx.commit().await?;
        Ok(token)
    }

    /// Replaces the token of a source: the one before is worth nothing from then on.
    ///
    /// # Errors
    ///
    /// [`PeopleError::NotFound`]
    pub async fn rotate(&self, account: AccountNumber, source: &str) -> Result<PushToken, PeopleError> {
        let token = PushToken(crate::account::random_hex());
        let mut tx = self.database.begin().await?;
        let sql = "UPDATE market_person_source SET token = $3 WHERE account = $1 AND source = $2";
        if tx.execute(sql, params![account, source, hashed(&token.0)]).await? == 0 {
            return Err(PeopleError::NotFound);
        }
        tx.commit().await?;
        Ok(token)
    }

    /// Sets how fine readings are kept, and whether records with base fields only are taken.
    ///
    /// # Errors
    ///
    /// [`PeopleError::NotFound`], and [`PeopleError::Invalid`] for a granularity that does not divide a day.
    pub async fn set(&self, account: AccountNumber, set: &PersonSource) -> Result<(), PeopleError> {
        if set.granularity < 1 || set.granularity > DAY || DAY % set.granularity != 0 {
            return Err(PeopleError::Invalid("a granularity in milliseconds divides a day"));
        }
        let mut tx = self.database.begin().await?;
        let sql = "UPDATE market_person_source SET granularity = $3, accept_base_only = $4 \
                   WHERE account = $1 AND source = $2";
        let params = params![account, &set.source, set.granularity, i64::from(set.accept_base_only)];
        if tx.execute(sql, params).await? == 0 {
            return Err(PeopleError::NotFound);
        }
        Ok(tx.commit().await?)
    }

    /// The sources of a person, by name.
    ///
    /// # Errors
    ///
    /// The database fails.
    pub async fn of(&self, account: AccountNumber) -> Result<Vec<PersonSource>, PeopleError> {
        let sql = "SELECT source, granularity, accept_base_only FROM market_person_source \
                   WHERE account = $1 ORDER BY source";
        let rows = self.database.fetch(sql, params![account]).await?;
        let read = |row: &crate::database::Row| {
            Ok(PersonSource {
                source: row.text(0)?,
                granularity: row.int(1)?,
                accept_base_only: row.int(2)? != 0,
            })
        };
        rows.iter().map(read).collect()
    }

    /// Whose token it is, and of which source.
    ///
    /// # Errors
    ///
    /// [`PeopleError::Denied`] for an unknown token.
    pub async fn of_token(&self, token: &str) -> Result<(AccountNumber, PersonSource), PeopleError> {
        let sql = "SELECT account, source, granularity, accept_base_only FROM market_person_source WHERE token = $1";
        let rows = self.database.fetch(sql, params![hashed(token)]).await?;
        let row = rows.first().ok_or(PeopleError::Denied)?;
        let source = PersonSource {
            source: row.text(1)?,
            granularity: row.int(2)?,
            accept_base_only: row.int(3)? != 0,
        };
        Ok((AccountNumber::from_bytes(row.array(0)?), source))
    }

    /// Forgets a source of a person, or all of them. The vault's part is removed before.
    pub(crate) async fn forget(
        tx: &mut Tx,
        account: AccountNumber,
        source: Option<&str>,
    ) -> Result<(), PeopleError> {
        for table in ["market_person_source", "market_level", "market_pack"] {
            match source {
                Some(source) => {
                    let sql = format!("DELETE FROM {table} WHERE account = $1 AND source = $2");
                    tx.execute(&sql, params![account, source]).await?;
                }
                None => {
                    let sql = format!("DELETE FROM {table} WHERE account = $1");
                    tx.execute(&sql, params![account]).await?;
                }
            }
        }
        if source.is_none() {
            tx.execute("DELETE FROM market_default WHERE account = $1", params![account]).await?;
        }
        Ok(())
    }
}

fn hashed(token: &str) -> [u8; 32] {
    crate::account::hash("push", token)
}

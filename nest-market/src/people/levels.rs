//! The levels of people in the tables.

use std::collections::HashMap;

use super::PeopleError;
use crate::account::AccountNumber;
use crate::catalogue::{Catalogue, Source};
use crate::database::{Database, DatabaseError, Param, Tx, params};
use crate::level::{Defaults, Level, Levels};

/// The levels of people in one database.
#[derive(Debug, Clone)]
pub struct PersonLevels {
    database: Database,
}

impl PersonLevels {
    /// The levels in this database.
    pub fn new(database: &Database) -> Self {
        Self { database: database.clone() }
    }

    /// The levels of one person. What was never set is not shared.
    ///
    /// # Errors
    ///
    /// The database fails.
    pub async fn of(&self, account: AccountNumber) -> Result<Levels, PeopleError> {
        let mut tx = self.database.snapshot().await?;
        Ok(Self::of_many(&mut tx, &[account]).await?.remove(&account).unwrap_or_default())
    }

    pub(crate) async fn of_many(
        tx: &mut Tx,
        accounts: &[AccountNumber],
    ) -> Result<HashMap<AccountNumber, Levels>, PeopleError> {
        let among: Vec<Param> = accounts.iter().map(|account| (*account).into()).collect();
        let sql = "SELECT account, source, attribute, level FROM market_level WHERE account IN ({among})";
        let mut levels: HashMap<AccountNumber, Levels> = HashMap::new();
        for row in tx.fetch_among(sql, Vec::new(), &among).await? {
            let level: Level = row.text(3)?.parse().map_err(|_| DatabaseError::Schema)?;
            let person = levels.entry(AccountNumber::from_bytes(row.array(0)?)).or_default();
            person.set(&row.text(1)?, &row.text(2)?, level);
        }
        Ok(levels)
    }

    /// Sets the level of some attributes of a source.
    ///
    /// # Errors
    ///
    /// [`PeopleError::NotFound`] where the source has no such attribute.
    pub async fn set(
        &self,
        account: AccountNumber,
        source: &Source,
        levels: &[(String, Level)],
    ) -> Result<(), PeopleError> {
        if levels.iter().any(|(name, _)| source.attribute(name).is_none()) {
            return Err(PeopleError::NotFound);
        }
        let mut tx = self.database.begin().await?;
        let rows = levels.iter().map(|(name, level)| (source.name(), name.as_str(), *level));
        write(&mut tx, account, rows).await?;
        Ok(tx.commit().await?)
    }

    /// Sets every attribute of every source of a person to one level.
    ///
    /// # Errors
    ///
    /// The database fails.
    pub async fn set_all(
        &self,
        account: AccountNumber,
        catalogue: &Catalogue,
        sources: &[String],
        level: Level,
    ) -> Result<(), PeopleError> {
        let mut tx = self.database.begin().await?;
        for source in sources.iter().filter_map(|name| catalogue.source(name)) {
            let rows = source.attributes().iter().map(|attribute| (source.name(), attribute.name(), level));
            write(&mut tx, account, rows).await?;
        }
        Ok(tx.commit().await?)
    }

    /// Sets the attributes of a source that a person adds to their defaults, where they have not decided already.
    ///
    /// # Errors
    ///
    /// The database fails.
    pub async fn begin(&self, account: AccountNumber, source: &Source) -> Result<(), PeopleError> {
        let mut levels = self.of(account).await?;
        let known = levels.clone();
        levels.begin(source, &self.defaults(account).await?);
        let new: Vec<_> = levels
            .iter()
            .filter(|(of, name, _)| {
                *of == source.name() && !known.iter().any(|(a, b, _)| (a, b) == (*of, *name))
            })
            .map(|(_, name, level)| (name.to_owned(), level))
            .collect();
        self.set(account, source, &new).await
    }

    /// The levels at which what is new begins.
    ///
    /// # Errors
    ///
    /// The database fails.
    pub async fn defaults(&self, account: AccountNumber) -> Result<Defaults, PeopleError> {
        let sql = "SELECT logical, level FROM market_default WHERE account = $1";
        let mut defaults = Defaults::nothing_shared();
        for row in self.database.fetch(sql, params![account]).await? {
            defaults.set(&row.text(0)?, row.text(1)?.parse().map_err(|_| DatabaseError::Schema)?);
        }
        Ok(defaults)
    }

    /// Sets the levels at which what is new begins. What is there stays as it is.
    ///
    /// # Errors
    ///
    /// The database fails.
    pub async fn set_defaults(&self, account: AccountNumber, defaults: &Defaults) -> Result<(), PeopleError> {
        let mut tx = self.database.begin().await?;
        tx.execute("DELETE FROM market_default WHERE account = $1", params![account]).await?;
        let rows = defaults.iter().map(|(logical, level)| params![account, logical, level.to_string()]);
        tx.insert("INSERT INTO market_default (account, logical, level)", rows.collect(), "").await?;
        Ok(tx.commit().await?)
    }
}

async fn write<'l>(
    tx: &mut Tx,
    account: AccountNumber,
    rows: impl Iterator<Item = (&'l str, &'l str, Level)>,
) -> Result<(), PeopleError> {
    let rows = rows.map(|(source, name, level)| params![account, source, name, level.to_string()]).collect();
    let tail = "ON CONFLICT (account, source, attribute) DO UPDATE SET level = excluded.level";
    tx.insert("INSERT INTO market_level (account, source, attribute, level)", rows, tail).await?;
    Ok(())
}

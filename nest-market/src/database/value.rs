//! What goes into a statement and comes out of a row, the same for both databases.

use sqlx::Row as _;
use sqlx::postgres::{PgArguments, PgRow};
use sqlx::sqlite::{SqliteArguments, SqliteRow};
use sqlx::{Arguments as _, Decode, Postgres, Sqlite, Type};

use super::DatabaseError;

/// One parameter of a statement. There is no null: no column of a market may be null.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Param {
    Bytes(Vec<u8>),
    Int(i64),
    Text(String),
}

impl From<Vec<u8>> for Param {
    fn from(bytes: Vec<u8>) -> Self {
        Param::Bytes(bytes)
    }
}

impl<const N: usize> From<[u8; N]> for Param {
    fn from(bytes: [u8; N]) -> Self {
        Param::Bytes(bytes.to_vec())
    }
}

impl From<i64> for Param {
    fn from(number: i64) -> Self {
        Param::Int(number)
    }
}

impl From<&str> for Param {
    fn from(text: &str) -> Self {
        Param::Text(text.to_owned())
    }
}

impl From<String> for Param {
    fn from(text: String) -> Self {
        Param::Text(text)
    }
}

impl From<&String> for Param {
    fn from(text: &String) -> Self {
        Param::Text(text.clone())
    }
}

/// The parameters of a statement, each by its `From`.
macro_rules! params {
    ($($param:expr),* $(,)?) => {
        vec![$($crate::database::Param::from($param)),*]
    };
}

pub(crate) use params;

pub(super) fn for_sqlite(params: Vec<Param>) -> Result<SqliteArguments, DatabaseError> {
    let mut arguments = SqliteArguments::default();
    arguments.reserve(params.len(), 0);
    for param in params {
        match param {
            Param::Bytes(bytes) => arguments.add(bytes),
            Param::Int(number) => arguments.add(number),
            Param::Text(text) => arguments.add(text),
        }
        .map_err(|_| DatabaseError::Other("argument".to_owned()))?;
    }
    Ok(arguments)
}

pub(super) fn for_postgres(params: Vec<Param>) -> Result<PgArguments, DatabaseError> {
    let mut arguments = PgArguments::default();
    arguments.reserve(params.len(), 0);
    for param in params {
        match param {
            Param::Bytes(bytes) => arguments.add(bytes),
            Param::Int(number) => arguments.add(number),
            // PostgreSQL keeps no NUL. No text that is stored has one, so none is found by another character either.
            Param::Text(text) => arguments.add(text.replace('\0', "\u{fffd}")),
        }
        .map_err(|_| DatabaseError::Other("argument".to_owned()))?;
    }
    Ok(arguments)
}

/// One row of an answer. Columns are read by their place.
pub(crate) enum Row {
    Sqlite(SqliteRow),
    Postgres(PgRow),
}

impl Row {
    fn get<'r, T>(&'r self, column: usize) -> Result<T, DatabaseError>
    where
        T: Decode<'r, Sqlite> + Type<Sqlite> + Decode<'r, Postgres> + Type<Postgres>,
    {
        Ok(match self {
            Row::Sqlite(row) => row.try_get(column)?,
            Row::Postgres(row) => row.try_get(column)?,
        })
    }

    pub(crate) fn int(&self, column: usize) -> Result<i64, DatabaseError> {
        self.get(column)
    }

    pub(crate) fn text(&self, column: usize) -> Result<String, DatabaseError> {
        self.get(column)
    }

    pub(crate) fn array<const N: usize>(&self, column: usize) -> Result<[u8; N], DatabaseError> {
        self.get::<&[u8]>(column)?.try_into().map_err(|_| DatabaseError::Schema)
    }
}

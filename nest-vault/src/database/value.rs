//! What goes into a statement and comes out of a row, the same for both databases.

use sqlx::Row as _;
use sqlx::postgres::{PgArguments, PgRow};
use sqlx::sqlite::{SqliteArguments, SqliteRow};
use sqlx::{Arguments as _, Decode, Postgres, Sqlite, Type};

use super::DatabaseError;

/// One parameter of a statement. `Debug` shows the kind only.
#[derive(Clone, PartialEq, Eq)]
pub(crate) enum Param {
    Bytes(Option<Vec<u8>>),
    Int(Option<i64>),
    Text(Option<String>),
}

impl From<Vec<u8>> for Param {
    fn from(bytes: Vec<u8>) -> Self {
        Param::Bytes(Some(bytes))
    }
}

impl<const N: usize> From<[u8; N]> for Param {
    fn from(bytes: [u8; N]) -> Self {
        Param::Bytes(Some(bytes.to_vec()))
    }
}

impl From<i64> for Param {
    fn from(number: i64) -> Self {
        Param::Int(Some(number))
    }
}

impl From<&str> for Param {
    fn from(text: &str) -> Self {
        Param::Text(Some(text.to_owned()))
    }
}

pub(super) fn for_sqlite(params: &[Param]) -> Result<SqliteArguments, DatabaseError> {
    let mut arguments = SqliteArguments::default();
    arguments.reserve(params.len(), 0);
    for param in params {
        match param {
            Param::Bytes(bytes) => arguments.add(bytes.clone()),
            Param::Int(number) => arguments.add(*number),
            Param::Text(text) => arguments.add(text.clone()),
        }
        .map_err(|_| DatabaseError::Other("argument".to_owned()))?;
    }
    Ok(arguments)
}

pub(super) fn for_postgres(params: &[Param]) -> Result<PgArguments, DatabaseError> {
    let mut arguments = PgArguments::default();
    arguments.reserve(params.len(), 0);
    for param in params {
        match param {
            Param::Bytes(bytes) => arguments.add(bytes.as_deref()),
            Param::Int(number) => arguments.add(*number),
            Param::Text(text) => arguments.add(text.as_deref()),
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

    pub(crate) fn bytes(&self, column: usize) -> Result<Vec<u8>, DatabaseError> {
        self.get(column)
    }

    pub(crate) fn bytes_or_null(&self, column: usize) -> Result<Option<Vec<u8>>, DatabaseError> {
        self.get(column)
    }

    pub(crate) fn array<const N: usize>(&self, column: usize) -> Result<[u8; N], DatabaseError> {
        self.get::<&[u8]>(column)?.try_into().map_err(|_| DatabaseError::Schema)
    }

    pub(crate) fn int(&self, column: usize) -> Result<i64, DatabaseError> {
        self.get(column)
    }

    pub(crate) fn int_or_null(&self, column: usize) -> Result<Option<i64>, DatabaseError> {
        self.get(column)
    }

    pub(crate) fn text(&self, column: usize) -> Result<String, DatabaseError> {
        self.get(column)
    }

    pub(crate) fn text_or_null(&self, column: usize) -> Result<Option<String>, DatabaseError> {
        self.get(column)
    }

    /// A count that is never negative.
    pub(crate) fn count(&self, column: usize) -> Result<u64, DatabaseError> {
        u64::try_from(self.int(column)?).map_err(|_| DatabaseError::Schema)
    }
}

/// A number that the tables keep as a signed one.
pub(crate) fn signed(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}

//! What goes into a statement and comes out of a row, the same for both databases.

use sqlx::Row as _;
use sqlx::postgres::{PgArguments, PgRow};
use sqlx::sqlite::{SqliteArguments, SqliteRow};
use sqlx::{Arguments as _, Decode, Postgres, Sqlite, Type};

use super::DatabaseError;
use crate::id::to_hex;

/// One parameter of a statement. `Debug` shows the kind only.
#[derive(Clone, PartialEq, Eq)]
pub(crate) enum Param {
    Bytes(Option<Vec<u8>>),
    Int(Option<i64>),
    Text(Option<String>),
    /// Many ids, for one condition.
    Set(Vec<Vec<u8>>),
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

fn unfit<T>(_: T) -> DatabaseError {
    DatabaseError::Other("argument".to_owned())
}

pub(super) fn for_sqlite<'a>(
    params: impl IntoIterator<Item = &'a Param>,
) -> Result<SqliteArguments, DatabaseError> {
    let mut arguments = SqliteArguments::default();
    for param in params {
        match param {
            Param::Bytes(bytes) => arguments.add(bytes.clone()),
            Param::Int(number) => arguments.add(*number),
            Param::Text(text) => arguments.add(text.clone()),
            Param::Set(ids) => arguments.add(json_of(ids)),
        }
        .map_err(unfit)?;
    }
    Ok(arguments)
}

/// A JSON array of hexadecimal digits.
fn json_of(ids: &[Vec<u8>]) -> String {
    let mut json = String::with_capacity(2 + ids.len() * 35);
    json.push('[');
    for (place, id) in ids.iter().enumerate() {
        json.push_str(if place == 0 { "\"" } else { ",\"" });
        json.push_str(&to_hex(id));
        json.push('"');
    }
    json.push(']');
    json
}

pub(super) fn for_postgres(params: &[Param]) -> Result<PgArguments, DatabaseError> {
    let mut arguments = PgArguments::default();
    arguments.reserve(params.len(), 0);
    for param in params {
        match param {
            Param::Bytes(bytes) => arguments.add(bytes.as_deref()),
            Param::Int(number) => arguments.add(*number),
            Param::Text(text) => arguments.add(text.as_deref()),
            Param::Set(ids) => arguments.add(ids),
        }
        .map_err(unfit)?;
    }
    Ok(arguments)
}

/// One array for each column of these rows, with the type of its values.
pub(super) fn columns_for_postgres(
    rows: &[Vec<Param>],
) -> Result<(Vec<&'static str>, PgArguments), DatabaseError> {
    let mut arguments = PgArguments::default();
    let mut types = Vec::new();
    let of = |place: usize| rows.iter().map(move |row| row.get(place));
    for (place, first) in rows.first().into_iter().flatten().enumerate() {
        let kind = match first {
            Param::Bytes(_) => {
                let column = of(place).map(|value| match value {
                    Some(Param::Bytes(bytes)) => Ok(bytes.as_deref()),
                    other => Err(unfit(other)),
                });
                arguments.add(column.collect::<Result<Vec<_>, _>>()?).map_err(unfit)?;
                "bytea"
            }
            Param::Int(_) => {
                let column = of(place).map(|value| match value {
                    Some(Param::Int(number)) => Ok(*number),
                    other => Err(unfit(other)),
                });
                arguments.add(column.collect::<Result<Vec<_>, _>>()?).map_err(unfit)?;
                "bigint"
            }
            Param::Text(_) => {
                let column = of(place).map(|value| match value {
                    Some(Param::Text(text)) => Ok(text.as_deref()),
                    other => Err(unfit(other)),
                });
                arguments.add(column.collect::<Result<Vec<_>, _>>()?).map_err(unfit)?;
                "text"
            }
            Param::Set(_) => return Err(unfit(first)),
        };
        types.push(kind);
    }
    Ok((types, arguments))
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

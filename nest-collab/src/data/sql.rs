//! The rows of a query in SQLite or PostgreSQL.

use async_trait::async_trait;
use futures_util::TryStreamExt;
use nest_core::schema::Schema;
use nest_core::value::PlainRecord;
use sqlx::postgres::{PgConnectOptions, PgConnection};
use sqlx::sqlite::{SqliteConnectOptions, SqliteConnection};
use sqlx::{AssertSqlSafe, Connection, Row};

use super::text::{Column, columns};
use super::{DataError, DataProvider, Each};

/// The rows of a query whose columns have the names of the fields.
///
/// The query comes from the settings of the node, never from another party. It is run once, read only.
pub struct SqlData {
    url: String,
    query: String,
    schema: &'static Schema,
}

impl SqlData {
    /// The rows of a query at a database, `sqlite:FILE` or `postgres://…`.
    pub fn new(url: impl Into<String>, query: impl Into<String>, schema: &'static Schema) -> Self {
        Self { url: url.into(), query: query.into(), schema }
    }
}

#[async_trait]
impl DataProvider for SqlData {
    fn schema(&self) -> &'static Schema {
        self.schema
    }

    async fn read(&self, each: Each<'_>) -> Result<u64, DataError> {
        let columns = columns(self.schema)?;
        // Both databases write each value as the text that a person reads.
        let texts = columns.iter().map(|column| format!("CAST(q.{0} AS TEXT)", quoted(&column.path)));
        let query = self.query.trim().trim_end_matches(';');
        let sql = format!("SELECT {} FROM ({query}\n) AS q", texts.collect::<Vec<_>>().join(", "));
        let mut rows = Rows { schema: self.schema, columns, each, row: 0 };
        if self.url.starts_with("sqlite:") {
            let options: SqliteConnectOptions = self.url.parse().map_err(told)?;
            let mut connection =
                SqliteConnection::connect_with(&options.read_only(true)).await.map_err(told)?;
            let mut stream = sqlx::query(AssertSqlSafe(sql)).fetch(&mut connection);
            while let Some(row) = stream.try_next().await.map_err(told)? {
                rows.take(|place| row.try_get::<Option<String>, _>(place).map_err(told))?;
            }
        } else {
            let options: PgConnectOptions = self.url.parse().map_err(told)?;
            let options = options.options([("default_transaction_read_only", "on")]);
            let mut connection = PgConnection::connect_with(&options).await.map_err(told)?;
            let mut stream = sqlx::query(AssertSqlSafe(sql)).fetch(&mut connection);
            while let Some(row) = stream.try_next().await.map_err(told)? {
                rows.take(|place| row.try_get::<Option<String>, _>(place).map_err(told))?;
            }
        }
        Ok(rows.row)
    }
}

struct Rows<'a> {
    schema: &'static Schema,
    columns: Vec<Column>,
    each: Each<'a>,
    row: u64,
}

impl Rows<'_> {
    fn take(&mut self, get: impl Fn(usize) -> Result<Option<String>, DataError>) -> Result<(), DataError> {
        self.row += 1;
        let mut record = PlainRecord::new(self.schema);
        for (place, column) in self.columns.iter().enumerate() {
            let text = get(place)?.unwrap_or_default();
            column.put(&mut record, &text, self.row)?;
        }
        (self.each)(&record)
    }
}

/// A name as SQL reads it.
fn quoted(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}

/// The code that a database gives, and no message of it: a message may hold values.
fn told(error: sqlx::Error) -> DataError {
    DataError::Database(match &error {
        sqlx::Error::Database(error) => {
            let code = error.code().map(|code| format!(" ({code})")).unwrap_or_default();
            format!("it refused the query{code}: are its columns called like the fields?")
        }
        sqlx::Error::Io(error) => format!("it cannot be reached ({})", error.kind()),
        sqlx::Error::Configuration(_) => "the URL is none, or names no database".to_owned(),
        _ => "the rows cannot be read".to_owned(),
    })
}

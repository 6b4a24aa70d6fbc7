//! The database of a relay, SQLite or PostgreSQL: the same statements for both, with numbered parameters.

use std::fmt;
use std::str::FromStr as _;
use std::time::Duration;

use sqlx::postgres::{PgArguments, PgConnectOptions, PgPool, PgPoolOptions, PgRow};
use sqlx::sqlite::{
    SqliteArguments, SqliteConnectOptions, SqliteJournalMode, SqlitePool, SqlitePoolOptions, SqliteRow,
    SqliteSynchronous,
};
use sqlx::{Arguments as _, AssertSqlSafe, Decode, Postgres, Row as _, Sqlite, Type};

/// How long a connection or a lock may be waited for.
const PATIENCE: Duration = Duration::from_secs(20);

/// Why the database did not do it. It never quotes a value.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum StoreError {
    /// The URL is of no known database.
    Url,
    /// It is there already.
    Exists,
    /// It does not answer, or is full.
    Unavailable,
    /// Something else, with the database's code.
    Other(String),
}

impl fmt::Display for StoreError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            StoreError::Url => f.write_str("the database is given as `sqlite:FILE` or `postgres://…`"),
            StoreError::Exists => f.write_str("it exists already"),
            StoreError::Unavailable => f.write_str("the database does not answer or has no room"),
            StoreError::Other(code) => write!(f, "the database refused with code {code}"),
        }
    }
}

impl std::error::Error for StoreError {}

impl From<sqlx::Error> for StoreError {
    fn from(error: sqlx::Error) -> Self {
        match error {
            sqlx::Error::Database(error) if error.is_unique_violation() => StoreError::Exists,
            sqlx::Error::Database(error) => StoreError::Other(error.code().unwrap_or_default().into_owned()),
            sqlx::Error::ColumnDecode { .. } | sqlx::Error::Decode(_) => {
                StoreError::Other("decode".to_owned())
            }
            _ => StoreError::Unavailable,
        }
    }
}

/// One parameter of a statement. No `Debug`: it may carry a token's hash.
#[derive(Clone)]
pub(super) enum Param {
    Bytes(Vec<u8>),
    Int(i64),
    Text(String),
}

impl<const N: usize> From<[u8; N]> for Param {
    fn from(bytes: [u8; N]) -> Self {
        Param::Bytes(bytes.to_vec())
    }
}

impl From<u64> for Param {
    fn from(number: u64) -> Self {
        Param::Int(i64::try_from(number).unwrap_or(i64::MAX))
    }
}

impl From<String> for Param {
    fn from(text: String) -> Self {
        Param::Text(text)
    }
}

/// One row of an answer. Columns are read by their place.
pub(super) enum Row {
    Sqlite(SqliteRow),
    Postgres(PgRow),
}

impl Row {
    fn get<'r, T>(&'r self, column: usize) -> Result<T, StoreError>
    where
        T: Decode<'r, Sqlite> + Type<Sqlite> + Decode<'r, Postgres> + Type<Postgres>,
    {
        Ok(match self {
            Row::Sqlite(row) => row.try_get(column)?,
            Row::Postgres(row) => row.try_get(column)?,
        })
    }

    pub(super) fn bytes(&self, column: usize) -> Result<Vec<u8>, StoreError> {
        self.get(column)
    }

    pub(super) fn array<const N: usize>(&self, column: usize) -> Result<[u8; N], StoreError> {
        self.get::<&[u8]>(column)?.try_into().map_err(|_| StoreError::Other("length".to_owned()))
    }

    pub(super) fn number(&self, column: usize) -> Result<u64, StoreError> {
        u64::try_from(self.get::<i64>(column)?).map_err(|_| StoreError::Other("negative".to_owned()))
    }

    pub(super) fn text(&self, column: usize) -> Result<String, StoreError> {
        self.get(column)
    }
}

/// An open database. Clones share its connections.
#[derive(Clone)]
pub enum Database {
    /// SQLite: one connection writes.
    Sqlite {
        /// The one that writes.
        writer: SqlitePool,
        /// Those that read.
        readers: SqlitePool,
    },
    /// PostgreSQL.
    Postgres(PgPool),
}

impl fmt::Debug for Database {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Database(…)")
    }
}

impl Database {
    /// Opens the database of a URL, and makes its tables where they are not there.
    ///
    /// # Errors
    ///
    /// A [`StoreError`].
    pub async fn open(url: &str) -> Result<Self, StoreError> {
        let database = match url.split_once(':') {
            Some(("sqlite", _)) => Self::open_sqlite(url).await?,
            Some(("postgres" | "postgresql", _)) => Self::open_postgres(url).await?,
            _ => return Err(StoreError::Url),
        };
        super::tables::create(&database).await?;
        Ok(database)
    }

    async fn open_sqlite(url: &str) -> Result<Self, StoreError> {
        let options = SqliteConnectOptions::from_str(url)
            .map_err(|_| StoreError::Url)?
            .create_if_missing(true)
            .journal_mode(SqliteJournalMode::Wal)
            // A message that a power cut takes is missing: its run fails, and never goes wrong.
            .synchronous(SqliteSynchronous::Normal)
            .busy_timeout(PATIENCE)
            // What was taken is overwritten.
            .pragma("secure_delete", "ON");
        let pool = |most| SqlitePoolOptions::new().max_connections(most).acquire_timeout(PATIENCE);
        let writer = pool(1).connect_with(options.clone()).await?;
        let readers = pool(4).connect_with(options).await?;
        Ok(Self::Sqlite { writer, readers })
    }

    async fn open_postgres(url: &str) -> Result<Self, StoreError> {
        let options =
            PgConnectOptions::from_str(url).map_err(|_| StoreError::Url)?.application_name("nest-collab");
        let pool =
            PgPoolOptions::new().max_connections(16).acquire_timeout(PATIENCE).connect_with(options).await?;
        Ok(Self::Postgres(pool))
    }

    pub(super) fn is_sqlite(&self) -> bool {
        matches!(self, Database::Sqlite { .. })
    }

    /// The rows of a statement that only reads.
    pub(super) async fn query(&self, sql: &str, params: &[Param]) -> Result<Vec<Row>, StoreError> {
        Ok(match self {
            Database::Sqlite { readers, .. } => {
                let rows = sqlx::query_with(AssertSqlSafe(sql), sqlite(params)?).fetch_all(readers).await?;
                rows.into_iter().map(Row::Sqlite).collect()
            }
            Database::Postgres(pool) => {
                let rows = sqlx::query_with(AssertSqlSafe(sql), postgres(params)?).fetch_all(pool).await?;
                rows.into_iter().map(Row::Postgres).collect()
            }
        })
    }

    /// Runs one statement that writes, and says how many rows it touched.
    pub(super) async fn execute(&self, sql: &str, params: &[Param]) -> Result<u64, StoreError> {
        Ok(match self {
            Database::Sqlite { writer, .. } => {
                let done = sqlx::query_with(AssertSqlSafe(sql), sqlite(params)?).execute(writer).await?;
                done.rows_affected()
            }
            Database::Postgres(pool) => {
                let done = sqlx::query_with(AssertSqlSafe(sql), postgres(params)?).execute(pool).await?;
                done.rows_affected()
            }
        })
    }
}

fn sqlite(params: &[Param]) -> Result<SqliteArguments, StoreError> {
    let mut arguments = SqliteArguments::default();
    for param in params {
        match param {
            Param::Bytes(bytes) => arguments.add(bytes.clone()),
            Param::Int(number) => arguments.add(*number),
            Param::Text(text) => arguments.add(text.clone()),
        }
        .map_err(|_| StoreError::Other("argument".to_owned()))?;
    }
    Ok(arguments)
}

fn postgres(params: &[Param]) -> Result<PgArguments, StoreError> {
    let mut arguments = PgArguments::default();
    for param in params {
        match param {
            Param::Bytes(bytes) => arguments.add(bytes.as_slice()),
            Param::Int(number) => arguments.add(*number),
            Param::Text(text) => arguments.add(text.as_str()),
        }
        .map_err(|_| StoreError::Other("argument".to_owned()))?;
    }
    Ok(arguments)
}

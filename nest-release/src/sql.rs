//! One small door to SQLite and PostgreSQL: the same statements, three types of values, and transactions that write.
//!
//! Statements number their values `$1`, `$2`, which both databases read. What differs is here: how a transaction
//! begins, how rows are locked, what the column types are called, and the clock.

use std::fmt;
use std::str::FromStr;
use std::time::Duration;

use sqlx::migrate::{Migration, MigrationType, Migrator};
use sqlx::postgres::{PgConnectOptions, PgPoolOptions, PgRow};
use sqlx::sqlite::{
    SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteRow, SqliteSynchronous,
};
use sqlx::{AssertSqlSafe, ConnectOptions, Postgres, Row as _, SqlSafeStr, Sqlite};

/// How long a connection or a lock may be waited for.
const PATIENCE: Duration = Duration::from_secs(60);

/// Connections to PostgreSQL of one process.
const CONNECTIONS: u32 = 8;

/// A database that cannot be used or does not answer. It says which kind of fault, never a value.
#[derive(Clone, PartialEq, Eq)]
pub struct StorageError(String);

impl fmt::Debug for StorageError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "StorageError({})", self.0)
    }
}

impl fmt::Display for StorageError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the database of budgets: {}", self.0)
    }
}

impl std::error::Error for StorageError {}

impl StorageError {
    pub(crate) fn new(what: impl Into<String>) -> Self {
        Self(what.into())
    }
}

impl From<sqlx::Error> for StorageError {
    /// The text of a database's error may quote values; its code does not.
    fn from(error: sqlx::Error) -> Self {
        match error {
            sqlx::Error::Database(error) => Self(format!("error {}", error.code().unwrap_or_default())),
            sqlx::Error::Configuration(_) => Self::new("the address cannot be read"),
            sqlx::Error::Io(error) => Self(format!("{}", error.kind())),
            sqlx::Error::Tls(_) => Self::new("TLS failed"),
            sqlx::Error::PoolTimedOut => Self::new("no connection became free"),
            sqlx::Error::ColumnDecode { .. } | sqlx::Error::Decode(_) => {
                Self::new("a stored value cannot be read")
            }
            _ => Self::new("it does not answer"),
        }
    }
}

/// A pool of connections.
#[derive(Clone)]
pub(crate) enum Database {
    Sqlite(sqlx::SqlitePool),
    Postgres(sqlx::PgPool),
}

/// A transaction that may write. Dropped without [`commit`](Self::commit), it leaves nothing.
pub(crate) enum Transaction {
    Sqlite(sqlx::Transaction<'static, Sqlite>),
    Postgres(sqlx::Transaction<'static, Postgres>),
}

/// A value of a statement.
pub(crate) enum Value {
    Int(i64),
    Text(String),
    Bytes(Vec<u8>),
}

/// A row of an answer.
pub(crate) enum Row {
    Sqlite(SqliteRow),
    Postgres(PgRow),
}

impl From<i64> for Value {
    fn from(value: i64) -> Self {
        Value::Int(value)
    }
}

impl From<&str> for Value {
    fn from(value: &str) -> Self {
        Value::Text(value.to_owned())
    }
}

impl From<Vec<u8>> for Value {
    fn from(value: Vec<u8>) -> Self {
        Value::Bytes(value)
    }
}

impl From<&[u8]> for Value {
    fn from(value: &[u8]) -> Self {
        Value::Bytes(value.to_vec())
    }
}

impl Database {
    /// Connects, by an address that begins with `sqlite:` or `postgres:`, and brings the tables up to date.
    ///
    /// A migration is a name and statements in which `{bytes}` is the type of bytes.
    pub(crate) async fn open(
        url: &str,
        table: &'static str,
        migrations: &[(&'static str, &str)],
    ) -> Result<Self, StorageError> {
        let database = if url.starts_with("sqlite:") {
            let options = SqliteConnectOptions::from_str(url)?
                .create_if_missing(true)
                .journal_mode(SqliteJournalMode::Wal)
                // An answer that was seen must still be known after a power cut, and so must its charge.
                .synchronous(SqliteSynchronous::Full)
                .busy_timeout(PATIENCE)
                .disable_statement_logging();
            // SQLite has one writer. A queue here is fair; its own waiting is not.
            let pool = SqlitePoolOptions::new().max_connections(1).acquire_timeout(PATIENCE);
            Database::Sqlite(pool.connect_with(options).await?)
        } else if url.starts_with("postgres:") || url.starts_with("postgresql:") {
            // Whatever the server's setting is: see above.
            let durable = [("synchronous_commit", "on")];
            let options = PgConnectOptions::from_str(url)?.options(durable).disable_statement_logging();
            let pool = PgPoolOptions::new().max_connections(CONNECTIONS).acquire_timeout(PATIENCE);
            Database::Postgres(pool.connect_with(options).await?)
        } else {
            return Err(StorageError::new("the address begins neither with `sqlite:` nor with `postgres:`"));
        };
        database.migrate(table, migrations).await?;
        Ok(database)
    }

    async fn migrate(
        &self,
        table: &'static str,
        migrations: &[(&'static str, &str)],
    ) -> Result<(), StorageError> {
        let bytes = match self {
            Database::Sqlite(_) => "BLOB",
            Database::Postgres(_) => "BYTEA",
        };
        let migrations = migrations.iter().zip(1_i64..).map(|((name, sql), version)| {
            let sql = AssertSqlSafe(sql.replace("{bytes}", bytes)).into_sql_str();
            Migration::new(version, (*name).into(), MigrationType::Simple, sql, false)
        });
        let mut migrator = Migrator::with_migrations(migrations.collect());
        // Its own table, so that others may keep theirs in the same database.
        migrator.dangerous_set_table_name(table);
        let done = match self {
            Database::Sqlite(pool) => migrator.run(pool).await,
            Database::Postgres(pool) => migrator.run(pool).await,
        };
        done.map_err(|error| match error {
            sqlx::migrate::MigrateError::VersionMissing(_) => {
                StorageError::new("a newer version of this program has changed the tables")
            }
            sqlx::migrate::MigrateError::Execute(error) => error.into(),
            _ => StorageError::new("the tables cannot be brought up to date"),
        })
    }

    /// Begins a transaction that may write. In SQLite it waits for its turn now, not at its first write.
    pub(crate) async fn begin(&self) -> Result<Transaction, StorageError> {
        Ok(match self {
            Database::Sqlite(pool) => Transaction::Sqlite(pool.begin_with("BEGIN IMMEDIATE").await?),
            // Rows are locked one by one. After a lock is there, the next statement must see what its holder wrote.
            Database::Postgres(pool) => {
                Transaction::Postgres(pool.begin_with("BEGIN ISOLATION LEVEL READ COMMITTED").await?)
            }
        })
    }
}

macro_rules! bound {
    ($sql:expr, $values:expr) => {{
        let mut query = sqlx::query($sql);
        for value in $values {
            query = match value {
                Value::Int(value) => query.bind(value),
                Value::Text(value) => query.bind(value),
                Value::Bytes(value) => query.bind(value),
            };
        }
        query
    }};
}

impl Transaction {
    /// Runs a statement and gives the number of rows that it touched.
    pub(crate) async fn execute(
        &mut self,
        sql: impl SqlSafeStr,
        values: Vec<Value>,
    ) -> Result<u64, StorageError> {
        Ok(match self {
            Transaction::Sqlite(tx) => bound!(sql, values).execute(&mut **tx).await?.rows_affected(),
            Transaction::Postgres(tx) => bound!(sql, values).execute(&mut **tx).await?.rows_affected(),
        })
    }

    /// Runs a query and gives all its rows.
    pub(crate) async fn fetch(
        &mut self,
        sql: impl SqlSafeStr,
        values: Vec<Value>,
    ) -> Result<Vec<Row>, StorageError> {
        Ok(match self {
            Transaction::Sqlite(tx) => {
                bound!(sql, values).fetch_all(&mut **tx).await?.into_iter().map(Row::Sqlite).collect()
            }
            Transaction::Postgres(tx) => {
                bound!(sql, values).fetch_all(&mut **tx).await?.into_iter().map(Row::Postgres).collect()
            }
        })
    }

    /// Runs a query and locks its rows until the end of the transaction. SQLite locks the whole database.
    pub(crate) async fn fetch_locked(
        &mut self,
        sql: &str,
        values: Vec<Value>,
    ) -> Result<Vec<Row>, StorageError> {
        let lock = if self.locks_rows() { " FOR UPDATE" } else { "" };
        self.fetch(AssertSqlSafe(format!("{sql}{lock}")), values).await
    }

    /// Whether other transactions may write at the same time.
    pub(crate) fn locks_rows(&self) -> bool {
        matches!(self, Transaction::Postgres(_))
    }

    /// The seconds since 1970 by the database's clock: that of a worker may be wrong.
    pub(crate) async fn now(&mut self) -> Result<i64, StorageError> {
        let sql = match self {
            Transaction::Sqlite(_) => "SELECT CAST(strftime('%s', 'now') AS INTEGER)",
            Transaction::Postgres(_) => "SELECT CAST(FLOOR(EXTRACT(EPOCH FROM clock_timestamp())) AS BIGINT)",
        };
        self.fetch(sql, Vec::new()).await?.first().ok_or_else(|| StorageError::new("it has no clock"))?.int(0)
    }

    /// Makes everything durable.
    pub(crate) async fn commit(self) -> Result<(), StorageError> {
        match self {
            Transaction::Sqlite(tx) => tx.commit().await?,
            Transaction::Postgres(tx) => tx.commit().await?,
        }
        Ok(())
    }
}

macro_rules! read {
    ($row:expr, $column:expr) => {
        Ok(match $row {
            Row::Sqlite(row) => row.try_get($column)?,
            Row::Postgres(row) => row.try_get($column)?,
        })
    };
}

impl Row {
    pub(crate) fn int(&self, column: usize) -> Result<i64, StorageError> {
        read!(self, column)
    }

    pub(crate) fn text(&self, column: usize) -> Result<String, StorageError> {
        read!(self, column)
    }

    pub(crate) fn bytes(&self, column: usize) -> Result<Vec<u8>, StorageError> {
        read!(self, column)
    }
}

/// Numbered places for a list of values: `($3, $4), ($5, $6)` for two rows of two after two others.
pub(crate) fn places(before: usize, rows: usize, each: usize) -> String {
    let row = |row: usize| -> String {
        let places: Vec<_> = (1..=each).map(|place| format!("${}", before + row * each + place)).collect();
        format!("({})", places.join(", "))
    };
    (0..rows).map(row).collect::<Vec<_>>().join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_are_numbered_on() {
        assert_eq!(places(2, 2, 2), "($3, $4), ($5, $6)");
        assert_eq!(places(0, 1, 3), "($1, $2, $3)");
    }
}

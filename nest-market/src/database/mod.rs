//! One database, SQLite or PostgreSQL: the same statements for both, with numbered parameters.
//!
//! What differs is here: how a transaction begins, how rows are locked, what byte columns are called, and the clock.

mod error;
mod fault;
mod id;
mod migrate;
mod value;

use std::fmt;
use std::str::FromStr as _;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use sqlx::postgres::{PgConnectOptions, PgPool, PgPoolOptions};
use sqlx::sqlite::{
    SqliteConnectOptions, SqliteJournalMode, SqlitePool, SqlitePoolOptions, SqliteSynchronous,
};
use sqlx::{AssertSqlSafe, ConnectOptions as _, Postgres, Sqlite, Transaction};

pub use error::DatabaseError;
pub use fault::Faults;
pub(crate) use id::id;
pub(crate) use value::{Param, Row, params};

/// How long a connection or a lock may be waited for.
const PATIENCE: Duration = Duration::from_secs(60);

/// Connections to PostgreSQL of one process.
const CONNECTIONS: u32 = 16;

/// Rows in one statement: SQLite takes at most 32,766 values.
const CHUNK: usize = 500;

/// An open database of a market. Clones share its connections.
#[derive(Clone)]
pub struct Database {
    pools: Pools,
    /// Demonstrations and tests move the database's clock by this many milliseconds.
    offset: Arc<AtomicI64>,
    faults: Faults,
}

#[derive(Clone)]
enum Pools {
    /// One connection writes, so that writers of this process wait in order and never for SQLite's lock.
    Sqlite {
        writer: SqlitePool,
        readers: SqlitePool,
    },
    Postgres(PgPool),
}

/// Which of both it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Sqlite,
    Postgres,
}

impl Kind {
    /// The milliseconds since 1970 by the database's clock, as an expression.
    fn clock(self, offset: i64) -> String {
        let clock = match self {
            Kind::Sqlite => {
                "CAST(strftime('%s', 'now') AS INTEGER) * 1000 \
                 + CAST(substr(strftime('%f', 'now'), 4, 3) AS INTEGER)"
            }
            Kind::Postgres => "CAST(FLOOR(EXTRACT(EPOCH FROM clock_timestamp()) * 1000) AS BIGINT)",
        };
        format!("({clock} + {offset})")
    }
}

/// A transaction. Dropped without [`commit`](Self::commit), it leaves nothing.
pub struct Tx {
    inner: Inner,
    offset: i64,
    faults: Faults,
}

enum Inner {
    Sqlite(Transaction<'static, Sqlite>),
    Postgres(Transaction<'static, Postgres>),
}

impl Database {
    /// Opens the database of a URL, `sqlite:FILE` or `postgres://…`, and brings its tables up to this version. They
    /// begin with `market_`, so they may live beside others.
    ///
    /// # Errors
    ///
    /// The URL cannot be read, the database does not answer, or a newer version has changed the tables.
    pub async fn open(url: &str) -> Result<Self, DatabaseError> {
        let database = Self::connect(url, Faults::default()).await?;
        database.migrate().await?;
        Ok(database)
    }

    #[doc(hidden)]
    pub async fn open_with(url: &str, faults: Faults) -> Result<Self, DatabaseError> {
        let database = Self::connect(url, faults).await?;
        database.migrate().await?;
        Ok(database)
    }

    /// Opens the database without a change to its tables.
    ///
    /// # Errors
    ///
    /// As [`open`](Self::open); and [`DatabaseError::Schema`] where the tables are of another version.
    pub async fn open_unchanged(url: &str) -> Result<Self, DatabaseError> {
        let database = Self::connect(url, Faults::default()).await?;
        if database.is_current().await? { Ok(database) } else { Err(DatabaseError::Schema) }
    }

    async fn connect(url: &str, faults: Faults) -> Result<Self, DatabaseError> {
        let pools = match url.split_once(':') {
            Some(("sqlite", _)) => Self::connect_sqlite(url).await?,
            Some(("postgres" | "postgresql", _)) => Self::connect_postgres(url).await?,
            _ => {
                return Err(DatabaseError::Url(
                    "the URL of a database begins with `sqlite:` or `postgres://`",
                ));
            }
        };
        Ok(Self { pools, offset: Arc::default(), faults })
    }

    async fn connect_sqlite(url: &str) -> Result<Pools, DatabaseError> {
        if url.contains(":memory:") || url.contains("mode=memory") {
            return Err(DatabaseError::Url("a market is kept in a file: write `sqlite:FILE`"));
        }
        let options = SqliteConnectOptions::from_str(url)
            .map_err(|_| {
                DatabaseError::Url("the URL of the SQLite file cannot be read: write `sqlite:FILE`")
            })?
            .create_if_missing(true)
            .journal_mode(SqliteJournalMode::Wal)
            // A payment that was answered must still be known after a power cut.
            .synchronous(SqliteSynchronous::Full)
            .foreign_keys(true)
            .busy_timeout(PATIENCE)
            .pragma("secure_delete", "ON")
            .pragma("trusted_schema", "OFF")
            .statement_cache_capacity(200)
            .disable_statement_logging();
        let pool = |most| SqlitePoolOptions::new().max_connections(most).acquire_timeout(PATIENCE);
        let writer = pool(1).connect_with(options.clone()).await?;
        let readers = pool(4).connect_with(options).await?;
        Ok(Pools::Sqlite { writer, readers })
    }

    async fn connect_postgres(url: &str) -> Result<Pools, DatabaseError> {
        let options = PgConnectOptions::from_str(url)
            .map_err(|_| DatabaseError::Url("the PostgreSQL URL cannot be read"))?
            .application_name("nest-market")
            // Whatever the server's setting is: a payment that was answered must not be lost.
            .options([("synchronous_commit", "on")])
            .statement_cache_capacity(200)
            .disable_statement_logging();
        let pool = PgPoolOptions::new().max_connections(CONNECTIONS).acquire_timeout(PATIENCE);
        // A missing server is told at once instead of after the time to wait for a connection.
        let pool = tokio::time::timeout(PATIENCE, pool.connect_with(options)).await;
        Ok(Pools::Postgres(pool.map_err(|_| DatabaseError::Unavailable)??))
    }

    pub(crate) fn kind(&self) -> Kind {
        match self.pools {
            Pools::Sqlite { .. } => Kind::Sqlite,
            Pools::Postgres(_) => Kind::Postgres,
        }
    }

    /// A transaction that may write. In SQLite it waits for its turn now, not at its first write.
    ///
    /// # Errors
    ///
    /// The database does not answer.
    pub async fn begin(&self) -> Result<Tx, DatabaseError> {
        self.faults.point()?;
        let inner = match &self.pools {
            Pools::Sqlite { writer, .. } => Inner::Sqlite(begin_immediate(writer).await?),
            // Rows are locked one by one. After a lock is there, the next statement must see what its holder wrote.
            Pools::Postgres(pool) => {
                Inner::Postgres(pool.begin_with("BEGIN ISOLATION LEVEL READ COMMITTED").await?)
            }
        };
        Ok(self.tx(inner))
    }

    /// A transaction that reads one state of the database.
    pub(crate) async fn snapshot(&self) -> Result<Tx, DatabaseError> {
        let inner = match &self.pools {
            Pools::Sqlite { readers, .. } => Inner::Sqlite(readers.begin().await?),
            Pools::Postgres(pool) => {
                Inner::Postgres(pool.begin_with("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY").await?)
            }
        };
        Ok(self.tx(inner))
    }

    fn tx(&self, inner: Inner) -> Tx {
        Tx { inner, offset: self.offset.load(Ordering::Relaxed), faults: self.faults.clone() }
    }

    /// The rows of one statement that only reads.
    pub(crate) async fn fetch(&self, sql: &str, params: Vec<Param>) -> Result<Vec<Row>, DatabaseError> {
        Ok(match &self.pools {
            Pools::Sqlite { readers, .. } => {
                let query = sqlx::query_with(AssertSqlSafe(sql), value::for_sqlite(params)?);
                query.fetch_all(readers).await?.into_iter().map(Row::Sqlite).collect()
            }
            Pools::Postgres(pool) => {
                let query = sqlx::query_with(AssertSqlSafe(sql), value::for_postgres(params)?);
                query.fetch_all(pool).await?.into_iter().map(Row::Postgres).collect()
            }
        })
    }

    /// The database's clock as an expression of a statement.
    pub(crate) fn clock(&self) -> String {
        self.kind().clock(self.offset.load(Ordering::Relaxed))
    }

    /// A statement that changes one row and gives it back. In PostgreSQL it is a transaction by itself; in SQLite it
    /// waits for its turn first.
    pub(crate) async fn change(&self, sql: &str, params: Vec<Param>) -> Result<Option<Row>, DatabaseError> {
        if self.kind() == Kind::Postgres {
            self.faults.point()?;
            return Ok(self.fetch(sql, params).await?.into_iter().next());
        }
        let mut tx = self.begin().await?;
        let row = tx.fetch_one(sql, params).await?;
        tx.commit().await?;
        Ok(row)
    }

    /// The milliseconds since 1970 by the database's clock.
    ///
    /// # Errors
    ///
    /// The database does not answer.
    pub async fn now(&self) -> Result<i64, DatabaseError> {
        self.snapshot().await?.now().await
    }

    /// Moves the clock of this process on, for demonstrations and tests in which days pass.
    #[doc(hidden)]
    pub fn pass_time(&self, time: Duration) {
        self.offset.fetch_add(i64::try_from(time.as_millis()).unwrap_or(i64::MAX), Ordering::Relaxed);
    }

    /// Closes the connections.
    pub async fn close(&self) {
        match &self.pools {
            Pools::Sqlite { writer, readers } => {
                readers.close().await;
                writer.close().await;
            }
            Pools::Postgres(pool) => pool.close().await,
        }
    }
}

impl fmt::Debug for Database {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Database({:?})", self.kind())
    }
}

impl fmt::Debug for Tx {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Tx({:?})", self.kind())
    }
}

impl Tx {
    pub(crate) fn kind(&self) -> Kind {
        match self.inner {
            Inner::Sqlite(_) => Kind::Sqlite,
            Inner::Postgres(_) => Kind::Postgres,
        }
    }

    /// Runs a statement and gives the number of rows that it changed.
    pub(crate) async fn execute(&mut self, sql: &str, params: Vec<Param>) -> Result<u64, DatabaseError> {
        self.faults.point()?;
        Ok(match &mut self.inner {
            Inner::Sqlite(tx) => {
                let query = sqlx::query_with(AssertSqlSafe(sql), value::for_sqlite(params)?);
                query.execute(&mut **tx).await?.rows_affected()
            }
            Inner::Postgres(tx) => {
                let query = sqlx::query_with(AssertSqlSafe(sql), value::for_postgres(params)?);
                query.execute(&mut **tx).await?.rows_affected()
            }
        })
    }

    /// Runs a statement and gives all its rows.
    pub(crate) async fn fetch(&mut self, sql: &str, params: Vec<Param>) -> Result<Vec<Row>, DatabaseError> {
        Ok(match &mut self.inner {
            Inner::Sqlite(tx) => {
                let query = sqlx::query_with(AssertSqlSafe(sql), value::for_sqlite(params)?);
                query.fetch_all(&mut **tx).await?.into_iter().map(Row::Sqlite).collect()
            }
            Inner::Postgres(tx) => {
                let query = sqlx::query_with(AssertSqlSafe(sql), value::for_postgres(params)?);
                query.fetch_all(&mut **tx).await?.into_iter().map(Row::Postgres).collect()
            }
        })
    }

    /// The first row, where there is one.
    pub(crate) async fn fetch_one(
        &mut self,
        sql: &str,
        params: Vec<Param>,
    ) -> Result<Option<Row>, DatabaseError> {
        Ok(self.fetch(sql, params).await?.into_iter().next())
    }

    /// Runs a query and locks its rows until the end of the transaction. SQLite locks the whole database.
    pub(crate) async fn fetch_locked(
        &mut self,
        sql: &str,
        params: Vec<Param>,
    ) -> Result<Vec<Row>, DatabaseError> {
        let lock = if self.kind() == Kind::Postgres { " FOR UPDATE" } else { "" };
        self.fetch(&format!("{sql}{lock}"), params).await
    }

    /// [`fetch_locked`](Self::fetch_locked) with `{among}` in place of a list of values, asked in parts.
    pub(crate) async fn fetch_locked_among(
        &mut self,
        sql: &str,
        first: Vec<Param>,
        among: &[Param],
    ) -> Result<Vec<Row>, DatabaseError> {
        let lock = if self.kind() == Kind::Postgres { " FOR UPDATE" } else { "" };
        self.fetch_among(&format!("{sql}{lock}"), first, among).await
    }

    /// [`fetch`](Self::fetch) with `{among}` in place of a list of values, asked in parts.
    pub(crate) async fn fetch_among(
        &mut self,
        sql: &str,
        first: Vec<Param>,
        among: &[Param],
    ) -> Result<Vec<Row>, DatabaseError> {
        let mut rows = Vec::new();
        for part in among.chunks(CHUNK) {
            let places: Vec<_> = (1..=part.len()).map(|place| format!("${}", first.len() + place)).collect();
            let params = first.iter().chain(part).cloned().collect();
            rows.extend(self.fetch(&sql.replace("{among}", &places.join(", ")), params).await?);
        }
        Ok(rows)
    }

    /// `head` before the values of these rows and `tail` after them, in parts. All rows have the same number of values.
    pub(crate) async fn insert(
        &mut self,
        head: &str,
        rows: Vec<Vec<Param>>,
        tail: &str,
    ) -> Result<u64, DatabaseError> {
        let mut changed = 0;
        let columns = rows.first().map_or(1, Vec::len).max(1);
        let mut rows = rows.into_iter().peekable();
        while rows.peek().is_some() {
            let part: Vec<Vec<Param>> = rows.by_ref().take(CHUNK).collect();
            let places: Vec<_> = (0..part.len()).map(|row| row_places(row * columns, columns)).collect();
            let sql = format!("{head} VALUES {} {tail}", places.join(", "));
            changed += self.execute(&sql, part.into_iter().flatten().collect()).await?;
        }
        Ok(changed)
    }

    /// The milliseconds since 1970 by the database's clock: that of a worker may be wrong.
    pub(crate) async fn now(&mut self) -> Result<i64, DatabaseError> {
        let sql = format!("SELECT {}", self.clock());
        self.fetch_one(&sql, Vec::new()).await?.ok_or(DatabaseError::Schema)?.int(0)
    }

    /// The same as an expression of a statement, which saves a question to the server.
    pub(crate) fn clock(&self) -> String {
        self.kind().clock(self.offset)
    }

    /// Makes everything durable.
    ///
    /// # Errors
    ///
    /// The database does not answer. Then it is unknown whether the transaction is durable: ask again under its key.
    pub async fn commit(self) -> Result<(), DatabaseError> {
        self.faults.point()?;
        match self.inner {
            Inner::Sqlite(tx) => tx.commit().await?,
            Inner::Postgres(tx) => tx.commit().await?,
        }
        self.faults.point()
    }
}

fn row_places(before: usize, columns: usize) -> String {
    let places: Vec<_> = (1..=columns).map(|column| format!("${}", before + column)).collect();
    format!("({})", places.join(", "))
}

/// Begins a transaction that writes.
///
/// A full disk makes SQLite end a transaction by itself, and the driver counts it as open from then on. Such a
/// connection is closed, and another takes its place.
async fn begin_immediate(writer: &SqlitePool) -> Result<Transaction<'static, Sqlite>, DatabaseError> {
    const BEGIN: &str = "BEGIN IMMEDIATE";
    match writer.begin_with(BEGIN).await {
        Ok(tx) => Ok(tx),
        Err(sqlx::Error::InvalidSavePointStatement | sqlx::Error::BeginFailed) => {
            writer.acquire().await?.close().await?;
            Ok(writer.begin_with(BEGIN).await?)
        }
        Err(error) => Err(error.into()),
    }
}

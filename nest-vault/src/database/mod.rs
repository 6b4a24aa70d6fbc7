//! One database, SQLite or PostgreSQL: the same statements for both, with numbered parameters.

mod bulk;
mod error;
mod fault;
mod migrate;
mod value;

use std::path::{Path, PathBuf};
use std::str::FromStr as _;
use std::time::Duration;

use sqlx::postgres::{PgConnectOptions, PgPool, PgPoolOptions};
use sqlx::sqlite::{
    SqliteConnectOptions, SqliteJournalMode, SqlitePool, SqlitePoolOptions, SqliteSynchronous,
};
use sqlx::{AssertSqlSafe, ConnectOptions as _, Connection as _, Postgres, Sqlite, Transaction};

pub use error::DatabaseError;
pub use fault::Faults;
pub(crate) use migrate::Migrations;
pub(crate) use value::{Param, Row, signed};

/// How long to wait for another process that writes.
const BUSY: Duration = Duration::from_secs(20);

/// How long to wait for a connection.
const CONNECT: Duration = Duration::from_secs(30);

/// How many times a checkpoint that a reader is in the way of is tried again, 20 ms apart.
const CHECKPOINTS: u32 = 100;

/// An open database. Clones share its connections.
#[derive(Clone)]
pub(crate) struct Database {
    pools: Pools,
    faults: Faults,
}

#[derive(Clone)]
enum Pools {
    /// One connection writes, so that writers wait here in order and never for SQLite's lock.
    Sqlite {
        writer: SqlitePool,
        readers: SqlitePool,
        path: PathBuf,
    },
    Postgres(PgPool),
}

/// Which of both it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Sqlite,
    Postgres,
}

/// A transaction. Dropped, it is rolled back.
pub(crate) struct Tx {
    inner: Inner,
    faults: Faults,
}

enum Inner {
    Sqlite(Transaction<'static, Sqlite>),
    Postgres(Transaction<'static, Postgres>),
}

impl Database {
    /// Opens the database of a URL: `sqlite:FILE` or `postgres://…`. `create` says whether a file that is not there is
    /// made.
    pub(crate) async fn open(url: &str, create: bool, faults: Faults) -> Result<Self, DatabaseError> {
        let pools = match url.split_once(':') {
            Some(("sqlite", _)) => Self::open_sqlite(url, create).await?,
            Some(("postgres" | "postgresql", _)) => Self::open_postgres(url).await?,
            _ => {
                return Err(DatabaseError::Url(
                    "the URL of a database begins with `sqlite:` or `postgres://`",
                ));
            }
        };
        Ok(Self { pools, faults })
    }

    async fn open_sqlite(url: &str, create: bool) -> Result<Pools, DatabaseError> {
        if url.contains(":memory:") || url.contains("mode=memory") {
            return Err(DatabaseError::Url("a vault is kept in a file: write `sqlite:FILE`"));
        }
        let options = SqliteConnectOptions::from_str(url)
            .map_err(|_| {
                DatabaseError::Url("the URL of the SQLite file cannot be read: write `sqlite:FILE`")
            })?
            .create_if_missing(create)
            .journal_mode(SqliteJournalMode::Wal)
            .synchronous(SqliteSynchronous::Full)
            .foreign_keys(true)
            .busy_timeout(BUSY)
            // What is deleted is overwritten, in the file and by the checkpoint that follows.
            .pragma("secure_delete", "ON")
            .pragma("temp_store", "MEMORY")
            // In KiB for each connection. Ids are random, so a write touches pages all over an index.
            .pragma("cache_size", "-32768")
            .pragma("trusted_schema", "OFF")
            .statement_cache_capacity(200)
            // Rows are handed from the thread of the connection in larger parts: fewer changes of thread.
            .row_buffer_size(1024);
        let path = options.get_filename().to_owned();
        if create && !path.exists() {
            create_private(&path)?;
        }
        let pool = |most| SqlitePoolOptions::new().max_connections(most).acquire_timeout(CONNECT);
        let writer = pool(1).connect_with(options.clone()).await?;
        let readers = pool(4).connect_with(options).await?;
        Ok(Pools::Sqlite { writer, readers, path })
    }

    async fn open_postgres(url: &str) -> Result<Pools, DatabaseError> {
        let options = PgConnectOptions::from_str(url)
            .map_err(|_| DatabaseError::Url("the PostgreSQL URL cannot be read"))?
            .application_name("nest-vault")
            .statement_cache_capacity(200);
        // The pool would try a server that refuses again and again until its time is over.
        let first = tokio::time::timeout(CONNECT, options.connect()).await;
        first.map_err(|_| DatabaseError::Unavailable)??.close().await?;
        let pool = PgPoolOptions::new().max_connections(16).acquire_timeout(CONNECT).connect_with(options);
        let pool = tokio::time::timeout(CONNECT, pool).await.map_err(|_| DatabaseError::Unavailable)??;
        Ok(Pools::Postgres(pool))
    }

    pub(crate) fn kind(&self) -> Kind {
        match self.pools {
            Pools::Sqlite { .. } => Kind::Sqlite,
            Pools::Postgres(_) => Kind::Postgres,
        }
    }

    /// The file, of SQLite.
    pub(crate) fn path(&self) -> Option<&Path> {
        match &self.pools {
            Pools::Sqlite { path, .. } => Some(path),
            Pools::Postgres(_) => None,
        }
    }

    pub(crate) fn postgres(&self) -> Option<&PgPool> {
        match &self.pools {
            Pools::Sqlite { .. } => None,
            Pools::Postgres(pool) => Some(pool),
        }
    }

    /// A transaction that writes. In SQLite it holds the lock from its beginning.
    pub(crate) async fn begin(&self) -> Result<Tx, DatabaseError> {
        self.faults.point()?;
        let inner = match &self.pools {
            Pools::Sqlite { writer, .. } => Inner::Sqlite(begin_immediate(writer).await?),
            Pools::Postgres(pool) => Inner::Postgres(pool.begin().await?),
        };
        Ok(Tx { inner, faults: self.faults.clone() })
    }

    /// A transaction that reads one state of the database.
    pub(crate) async fn snapshot(&self) -> Result<Tx, DatabaseError> {
        self.faults.point()?;
        let inner = match &self.pools {
            Pools::Sqlite { readers, .. } => Inner::Sqlite(readers.begin().await?),
            Pools::Postgres(pool) => {
                Inner::Postgres(pool.begin_with("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY").await?)
            }
        };
        Ok(Tx { inner, faults: self.faults.clone() })
    }

    /// The rows of one statement that only reads.
    pub(crate) async fn query(&self, sql: &str, params: &[Param]) -> Result<Vec<Row>, DatabaseError> {
        self.faults.point()?;
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

    /// Makes sure that what was deleted is not in the files any more, as far as this database can.
    ///
    /// SQLite: a checkpoint that empties the write-ahead log, whose answer is checked. PostgreSQL: a `VACUUM` of the
    /// tables; its write-ahead log, replicas and archives still hold what was deleted.
    pub(crate) async fn scrub(&self, tables: &[&str]) -> Result<(), DatabaseError> {
        self.faults.point()?;
        match &self.pools {
            Pools::Sqlite { writer, .. } => {
                for _ in 0..CHECKPOINTS {
                    let row: (i64, i64, i64) =
                        sqlx::query_as("PRAGMA wal_checkpoint(TRUNCATE)").fetch_one(writer).await?;
                    // It answers that it was busy instead of failing.
                    if row.0 == 0 {
                        return Ok(());
                    }
                    tokio::time::sleep(Duration::from_millis(20)).await;
                }
                Err(DatabaseError::Busy)
            }
            Pools::Postgres(pool) => {
                for table in tables {
                    sqlx::raw_sql(AssertSqlSafe(format!("VACUUM {}", quoted(table)))).execute(pool).await?;
                }
                Ok(())
            }
        }
    }

    /// Closes the connections.
    pub(crate) async fn close(&self) {
        match &self.pools {
            Pools::Sqlite { writer, readers, .. } => {
                readers.close().await;
                writer.close().await;
            }
            Pools::Postgres(pool) => pool.close().await,
        }
    }

    pub(crate) fn faults(&self) -> &Faults {
        &self.faults
    }
}

/// Whether this is the URL of an SQLite file that is not there.
pub(crate) fn is_missing(url: &str) -> bool {
    url.starts_with("sqlite:")
        && SqliteConnectOptions::from_str(url).is_ok_and(|options| !options.get_filename().exists())
}

/// A name as it stands in a statement. Names are made of what declarations allow; quotes are doubled all the same.
pub(crate) fn quoted(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}

impl Tx {
    pub(crate) async fn query(&mut self, sql: &str, params: &[Param]) -> Result<Vec<Row>, DatabaseError> {
        self.faults.point()?;
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

    /// How many rows a statement changed.
    pub(crate) async fn execute(&mut self, sql: &str, params: &[Param]) -> Result<u64, DatabaseError> {
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

    pub(crate) fn kind(&self) -> Kind {
        match self.inner {
            Inner::Sqlite(_) => Kind::Sqlite,
            Inner::Postgres(_) => Kind::Postgres,
        }
    }

    pub(crate) async fn commit(self) -> Result<(), DatabaseError> {
        self.faults.point()?;
        match self.inner {
            Inner::Sqlite(tx) => tx.commit().await?,
            Inner::Postgres(tx) => tx.commit().await?,
        }
        Ok(())
    }
}

/// Begins a transaction that writes.
///
/// A full disk makes SQLite end a transaction by itself, and the driver counts it as open from then on. Such a connection
/// is closed, and another takes its place.
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

/// Makes the file with rights for its owner only. SQLite gives its log the same.
fn create_private(path: &Path) -> Result<(), DatabaseError> {
    let mut options = std::fs::OpenOptions::new();
    options.write(true).create(true).truncate(false);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    match options.open(path) {
        Ok(_) => Ok(()),
        Err(error) => Err(DatabaseError::from(sqlx::Error::Io(error))),
    }
}

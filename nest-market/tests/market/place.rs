//! Where a test keeps its market: a temporary folder and, for PostgreSQL, a server of the test process.

use std::path::PathBuf;
use std::sync::LazyLock;

use nest_market::Database;
use nest_testbed_postgres::Postgres;

static SERVER: LazyLock<Postgres> = LazyLock::new(|| Postgres::start().unwrap());

/// On which database.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum On {
    Sqlite,
    Postgres,
}

/// The folder and the databases of one test. The folder is removed with it.
pub(crate) struct Place {
    pub(crate) on: On,
    pub(crate) url: String,
    pub(crate) folder: PathBuf,
}

impl Place {
    pub(crate) fn new(on: On) -> Self {
        let folder = std::env::temp_dir().join(format!("nest-market-{:016x}", rand::random::<u64>()));
        std::fs::create_dir(&folder).unwrap();
        let url = match on {
            On::Sqlite => format!("sqlite:{}", folder.join("market.db").display()),
            On::Postgres => SERVER.fresh_database().unwrap(),
        };
        Self { on, url, folder }
    }

    pub(crate) async fn with_database(on: On) -> (Self, Database) {
        let place = Self::new(on);
        let database = Database::open(&place.url).await.unwrap();
        (place, database)
    }

    /// The first column of a statement's first row.
    pub(crate) async fn number(&self, sql: &str) -> i64 {
        let sql = sqlx::AssertSqlSafe(sql);
        match self.on {
            On::Sqlite => {
                let pool = sqlx::SqlitePool::connect(&self.url).await.unwrap();
                sqlx::query_scalar(sql).fetch_one(&pool).await.unwrap()
            }
            On::Postgres => {
                let pool = sqlx::PgPool::connect(&self.url).await.unwrap();
                sqlx::query_scalar(sql).fetch_one(&pool).await.unwrap()
            }
        }
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.folder);
    }
}

/// Runs a test of behaviour on both databases.
macro_rules! on_both {
    ($($(#[doc = $doc:literal])* async fn $name:ident($on:ident: On) $body:block)*) => {$(
        mod $name {
            #[allow(unused_imports)]
            use super::*;

            $(#[doc = $doc])*
            async fn behaves($on: On) $body

            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn on_sqlite() {
                Box::pin(behaves(On::Sqlite)).await;
            }

            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn on_postgres() {
                Box::pin(behaves(On::Postgres)).await;
            }
        }
    )*};
}

pub(crate) use on_both;

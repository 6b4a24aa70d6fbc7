//! Where a test keeps its databases: a temporary folder and, for PostgreSQL, a server of the test process.

use std::path::{Path, PathBuf};
use std::sync::LazyLock;

use nest_testbed_postgres::Postgres;

static SERVER: LazyLock<Postgres> = LazyLock::new(|| Postgres::start().unwrap());

/// The databases, the master key and the files of one vault. The folder is removed with it.
pub(crate) struct Place {
    pub(crate) records: String,
    pub(crate) keys: String,
    folder: PathBuf,
}

/// On which database.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum On {
    Sqlite,
    Postgres,
}

impl Place {
    pub(crate) fn new(on: On) -> Self {
        let folder = std::env::temp_dir().join(format!("nest-vault-{:016x}", rand::random::<u64>()));
        std::fs::create_dir(&folder).unwrap();
        let (records, keys) = match on {
            On::Sqlite => {
                let url = |name: &str| format!("sqlite:{}", folder.join(name).display());
                (url("records.db"), url("keys.db"))
            }
            On::Postgres => {
                let server = &*SERVER;
                (server.fresh_database().unwrap(), server.fresh_database().unwrap())
            }
        };
        Self { records, keys, folder }
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.folder.join(name)
    }

    pub(crate) fn folder(&self) -> &Path {
        &self.folder
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.folder);
    }
}

/// Runs a test of behaviour on both databases.
macro_rules! on_both {
    ($(async fn $name:ident($on:ident: On) $body:block)*) => {$(
        mod $name {
            use super::*;

            async fn behaves($on: On) $body

            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn on_sqlite() {
                behaves(On::Sqlite).await;
            }

            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn on_postgres() {
                behaves(On::Postgres).await;
            }
        }
    )*};
}

pub(crate) use on_both;

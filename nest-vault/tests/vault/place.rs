//! Where a test keeps its vault: a temporary folder and, for PostgreSQL, a server of the test process.

use std::path::{Path, PathBuf};
use std::sync::LazyLock;
use std::time::Duration;

use nest_core::{Domain, Pseudonym};
use nest_source::{Context, Operation, Purpose};
use nest_testbed_postgres::Postgres;
use nest_vault::{
    AccessLog, Faults, Master, Reason, SqlKeys, SqlVault, Suite, UntypedSettings, UntypedVault, VaultBuilder,
    VaultError, Who,
};

use crate::records::{Info, Walk};

static SERVER: LazyLock<Postgres> = LazyLock::new(|| Postgres::start().unwrap());

/// The PostgreSQL server of this test process.
pub(crate) fn server() -> &'static Postgres {
    &SERVER
}

/// The databases, the master key and the files of one vault. The folder is removed with it.
pub(crate) struct Place {
    pub(crate) records: String,
    pub(crate) keys: String,
    pub(crate) master: Master,
    pub(crate) master_line: String,
    pub(crate) domain: Domain,
    folder: PathBuf,
    /// Of another process: its folder is not removed here.
    borrowed: bool,
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
        let domain = Domain::new("school").unwrap();
        let file = folder.join("master.key");
        let master = Master::create(&file).unwrap();
        let master_line = std::fs::read_to_string(file).unwrap().trim().to_owned();
        Self { records, keys, master, master_line, domain, folder, borrowed: false }
    }

    /// A place with a new vault.
    pub(crate) async fn with_vault(on: On) -> (Self, SqlVault<Info>) {
        let place = Self::new(on);
        nest_vault::init(&place.records, &place.keys, &place.master, place.ledger()).await.unwrap();
        let vault = place.open().await.unwrap();
        (place, vault)
    }

    /// For another process of the test.
    pub(crate) fn to_text(&self) -> String {
        [&self.records, &self.keys, &self.folder.display().to_string(), &self.master_line]
            .map(String::as_str)
            .join("\n")
    }

    pub(crate) fn from_text(text: &str) -> Self {
        let parts: Vec<_> = text.split('\n').map(str::to_owned).collect();
        Self {
            records: parts[0].clone(),
            keys: parts[1].clone(),
            folder: parts[2].clone().into(),
            master: Master::parse(&parts[3]).unwrap(),
            master_line: parts[3].clone(),
            domain: Domain::new("school").unwrap(),
            borrowed: true,
        }
    }

    pub(crate) fn ledger(&self) -> PathBuf {
        self.path("erasures.log")
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.folder.join(name)
    }

    pub(crate) fn folder(&self) -> &Path {
        &self.folder
    }

    /// Opens it with unwrapped keys in memory for so long.
    pub(crate) async fn open_with_cache(&self, cache: Duration) -> Result<SqlVault<Info>, VaultError> {
        let keys = SqlKeys::open(&self.keys, self.master.clone()).await?.cache(cache, 1000);
        let audit = AccessLog::open(self.path("access.log")).unwrap();
        let builder = SqlVault::<Info>::builder(&self.records, keys).activity::<Walk>();
        builder.ledger(self.ledger()).audit(audit).open().await
    }

    /// As the command opens it.
    pub(crate) async fn untyped(&self) -> UntypedVault {
        let settings = UntypedSettings {
            records: self.records.clone(),
            ledger: self.ledger(),
            ledger_head: None,
            accept_lost_ledger: false,
            access: AccessLog::open(self.path("access.log")).unwrap(),
            suite: Suite::default(),
            migrate: false,
        };
        let keys = SqlKeys::open(&self.keys, self.master.clone()).await.unwrap();
        UntypedVault::open(&settings, keys).await.unwrap()
    }

    pub(crate) async fn builder(&self) -> Result<VaultBuilder<Info>, VaultError> {
        self.builder_with(self.master.clone(), Faults::default()).await
    }

    pub(crate) async fn builder_with(
        &self,
        master: Master,
        faults: Faults,
    ) -> Result<VaultBuilder<Info>, VaultError> {
        let keys = SqlKeys::open_with(&self.keys, master, true, faults.clone()).await?;
        let audit = AccessLog::open(self.path("access.log")).unwrap();
        let builder = SqlVault::<Info>::builder(&self.records, keys);
        Ok(builder.activity::<Walk>().ledger(self.ledger()).audit(audit).faults(faults))
    }

    pub(crate) async fn open(&self) -> Result<SqlVault<Info>, VaultError> {
        self.builder().await?.open().await
    }

    pub(crate) fn who(&self, pseudonym: Pseudonym) -> Who<'_> {
        Who { domain: &self.domain, pseudonym }
    }

    pub(crate) fn context(&self, operation: Operation) -> Context {
        Context::new("nest", Domain::new("platform").unwrap(), self.domain.clone(), "walk", operation)
    }

    /// The bytes of every file of SQLite, and of the logs.
    pub(crate) fn files(&self) -> Vec<u8> {
        let files = std::fs::read_dir(&self.folder).unwrap();
        files.flat_map(|file| std::fs::read(file.unwrap().path()).unwrap()).collect()
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        if !self.borrowed {
            let _ = std::fs::remove_dir_all(&self.folder);
        }
    }
}

pub(crate) fn purpose() -> Purpose {
    Purpose::new("test").unwrap()
}

pub(crate) fn reason() -> Reason {
    Reason::new("request").unwrap()
}

pub(crate) fn holds(bytes: &[u8], part: &[u8]) -> bool {
    bytes.windows(part.len()).any(|window| window == part)
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

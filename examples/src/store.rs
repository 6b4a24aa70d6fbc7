//! The place of the school's vault: a temporary folder, or the one that the command line names.

use std::fs;
use std::path::{Path, PathBuf};

use nest_vault::{AccessLog, Master, SqlKeys, SqlVault};

use crate::Failure;
use crate::records::{Assessment, PersonInfo, ReadingPractice};

/// The places of a vault. A temporary one is removed with it.
#[derive(Debug)]
pub struct Store {
    /// The URL of the records.
    pub records: String,
    /// The URL of the keys.
    pub keys: String,
    /// The file of the master key.
    pub master: PathBuf,
    /// The file of the erasure ledger.
    pub ledger: PathBuf,
    access_log: PathBuf,
    temporary: Option<PathBuf>,
}

impl Store {
    /// In two files of a new temporary folder.
    ///
    /// # Errors
    ///
    /// What the file system says.
    pub fn temporary() -> Result<Self, Failure> {
        let folder = std::env::temp_dir().join(format!("nest-school-{:016x}", rand::random::<u64>()));
        fs::create_dir(&folder)?;
        let url = |name: &str| format!("sqlite:{}", folder.join(name).display());
        let mut store = Self::at(url("school.db"), url("school-keys.db"), folder.join("master.key"));
        store.temporary = Some(folder);
        Ok(store)
    }

    /// At these URLs, with this file of the master key. The ledger and the access log lie beside the latter.
    pub fn at(records: String, keys: String, master: PathBuf) -> Self {
        let beside = |name: &str| master.with_file_name(name);
        let (ledger, access_log) = (beside("erasures.log"), beside("access.log"));
        Self { records, keys, master, ledger, access_log, temporary: None }
    }

    /// Leaves a temporary folder where it is.
    pub fn keep(&mut self) {
        self.temporary = None;
    }

    /// The folder, of a temporary one.
    pub fn folder(&self) -> Option<&Path> {
        self.temporary.as_deref()
    }

    /// Opens the vault, and sets it up where there is none.
    ///
    /// # Errors
    ///
    /// What the vault refuses.
    pub async fn open(&self) -> Result<SqlVault<PersonInfo>, Failure> {
        let master =
            if self.master.exists() { Master::file(&self.master)? } else { Master::create(&self.master)? };
        if !self.ledger.exists() {
            nest_vault::init(&self.records, &self.keys, &master, &self.ledger).await?;
        }
        let keys = SqlKeys::open(&self.keys, master).await?;
        Ok(SqlVault::builder(&self.records, keys)
            .activity::<Assessment>()
            .activity::<ReadingPractice>()
            .ledger(&self.ledger)
            .audit(AccessLog::open(&self.access_log)?)
            .open()
            .await?)
    }
}

impl Drop for Store {
    fn drop(&mut self) {
        if let Some(folder) = &self.temporary {
            // Files that cannot be removed here are left for the system to clean up.
            let _ = fs::remove_dir_all(folder);
        }
    }
}

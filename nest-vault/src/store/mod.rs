//! The store of records by their declarations alone, without their Rust types: what the typed vault and the command
//! both stand on.

mod declared;
mod erase;
mod export;
mod hold;
pub(crate) mod layout;
mod read;
mod repetition;
mod reseal;
mod retention;
mod rows;
mod run;
mod sealing;
mod series;
mod table;
mod tables;
mod verify;
mod write;

use std::collections::HashMap;
use std::path::Path;
use std::sync::{Arc, PoisonError, RwLock};

use nest_core::schema::Schema;

pub use erase::ErasureReport;
pub use hold::Held;
pub(crate) use read::{Counts, Found, Opened};
pub(crate) use repetition::Repetition;
pub use retention::Expired;
pub use run::{RunItem, RunStore};
pub use series::{SeriesPart, SeriesStore, SeriesWrite};
pub use table::Retention;
pub(crate) use table::{Content, Table};
pub use verify::Verified;
pub(crate) use write::{Item, Mode, Refusal};
pub use write::{Version, Who};

use crate::access::AccessLog;
use crate::database::{Database, DatabaseError, Faults};
use crate::envelope::Suite;
use crate::error::VaultError;
use crate::id::Deployment;
use crate::keys::{KeyStore, Mark, MarkState, SqlKeys};
use crate::ledger::{Ledger, LedgerError};
use crate::master::Master;
use layout::Layout;
use tables::MIGRATIONS;

/// An open store.
pub(crate) struct Store {
    pub(crate) db: Database,
    pub(crate) keys: Arc<dyn KeyStore>,
    pub(crate) ledger: Ledger,
    pub(crate) access: AccessLog,
    pub(crate) suite: Suite,
    tables: RwLock<Vec<Arc<Table>>>,
    layouts: RwLock<HashMap<[u8; 16], Arc<Layout>>>,
}

/// What a store is opened with.
pub(crate) struct Opening<'a> {
    pub(crate) url: &'a str,
    pub(crate) keys: Arc<dyn KeyStore>,
    pub(crate) ledger: &'a Path,
    pub(crate) ledger_head: Option<&'a str>,
    pub(crate) accept_lost_ledger: bool,
    pub(crate) access: AccessLog,
    pub(crate) suite: Suite,
    pub(crate) migrate: bool,
    pub(crate) faults: Faults,
}

/// Sets up a new vault: the key store, the records database and the erasure ledger. What a stopped call has begun is
/// completed.
///
/// # Errors
///
/// [`VaultError::Settings`] where there is a vault already, or both URLs are one; and what databases and files refuse.
pub async fn init(
    records: &str,
    keys: &str,
    master: &Master,
    ledger: impl AsRef<Path>,
) -> Result<Deployment, VaultError> {
    let ledger = ledger.as_ref();
    if records == keys {
        return Err(one_place());
    }
    let keys = SqlKeys::create(keys, master).await?;
    let deployment = keys.deployment();
    let db = Database::open(records, true, Faults::default()).await?;
    if db.path().is_some() && db.path() == keys.path() {
        return Err(one_place());
    }
    db.migrate(&MIGRATIONS).await?;
    let kept = kept_deployment(&db).await?;
    match kept {
        Some(kept) if kept != deployment => {
            return Err(VaultError::Settings("the records are of another vault than the keys".to_owned()));
        }
        Some(_) if ledger.exists() => {
            return Err(VaultError::Settings("there is a vault at these places already".to_owned()));
        }
        Some(_) => {}
        None => {
            let mut tx = db.begin().await?;
            let row = vec!["deployment".into(), deployment.to_bytes().into()];
            tx.insert("INSERT INTO meta (name, value)", &[row], "").await?;
            tx.commit().await?;
        }
    }
    match Ledger::open(ledger, deployment, None, Faults::default()) {
        Ok(_) => {}
        Err(LedgerError::Missing(_)) => drop(Ledger::create(ledger, deployment, Faults::default())?),
        Err(error) => return Err(error.into()),
    }
    db.close().await;
    keys.close().await;
    Ok(deployment)
}

fn one_place() -> VaultError {
    VaultError::Settings(
        "keys and records are in one database, so one leak gives both away: give the keys a database of their own"
            .to_owned(),
    )
}

/// The vault that the records belong to; `None` where it was not written down yet.
async fn kept_deployment(db: &Database) -> Result<Option<Deployment>, VaultError> {
    let rows = match db.query("SELECT name, value FROM meta", &[]).await {
        Ok(rows) => rows,
        Err(DatabaseError::Schema) => {
            return Err(VaultError::Settings(
                "there are no records at this URL: run `nest-vault init`".to_owned(),
            ));
        }
        Err(error) => return Err(error.into()),
    };
    for row in &rows {
        match row.text(0)?.as_str() {
            "deployment" => return Ok(Some(Deployment(row.array(1)?))),
            "kind" => return Err(one_place()),
            _ => {}
        }
    }
    Ok(None)
}

impl Store {
    /// Opens a store: brings the tables up to this version, replays the ledger, and completes what was stopped.
    pub(crate) async fn open(opening: Opening<'_>) -> Result<Self, VaultError> {
        let Opening { url, keys, ledger, ledger_head, accept_lost_ledger, access, suite, migrate, faults } =
            opening;
        let db = Database::open(url, false, faults.clone()).await.map_err(|error| match error {
            DatabaseError::ReadOnly if crate::database::is_missing(url) => {
                VaultError::Settings("the file of the records is missing: run `nest-vault init`".to_owned())
            }
            other => other.into(),
        })?;
        let deployment = kept_deployment(&db).await?;
        if deployment != Some(keys.deployment()) {
            return Err(VaultError::Settings(
                "the records are of another vault than the keys: check both URLs".to_owned(),
            ));
        }
        if migrate {
            db.migrate(&MIGRATIONS).await?;
        } else if db.migrated().await? < MIGRATIONS.len() {
            return Err(DatabaseError::Schema.into());
        }
        let opened = Ledger::open(ledger, keys.deployment(), ledger_head, faults.clone());
        let (ledger, erasures) = match opened {
            Err(LedgerError::Missing(_)) if accept_lost_ledger => {
                (Ledger::create(ledger, keys.deployment(), faults)?, Vec::new())
            }
            other => other?,
        };
        // What the key store knows and this ledger does not: another instance has erased, or the ledger was lost.
        for mark in keys.marks(false).await? {
            ledger.erase(&erasure(&mark))?;
        }
        let store =
            Self { db, keys, ledger, access, suite, tables: RwLock::default(), layouts: RwLock::default() };
        store.replay(&erasures).await?;
        Ok(store)
    }

    /// Carries out every erasure of a ledger that the databases do not know, and completes those that were stopped.
    pub(crate) async fn replay(&self, erasures: &[crate::ledger::Erasure]) -> Result<u64, VaultError> {
        let known: HashMap<_, _> =
            self.keys.marks(false).await?.into_iter().map(|mark| (mark.person, mark)).collect();
        let mut last: HashMap<_, &crate::ledger::Erasure> = HashMap::new();
        for erasure in erasures {
            let later = last.get(&erasure.person).is_none_or(|other| other.life < erasure.life);
            if later {
                last.insert(erasure.person, erasure);
            }
        }
        let mut done = 0;
        let erased_here = self.erased_here().await?;
        for erasure in last.values() {
            let known = known.get(&erasure.person).filter(|mark| mark.life >= erasure.life);
            let here = erased_here.get(&erasure.person).copied().unwrap_or(0) >= erasure.life;
            if known.is_some_and(|mark| mark.state >= MarkState::Settled) && here {
                // It may come from another ledger than the own.
                self.ledger.erase(erasure)?;
                continue;
            }
            let mark = Mark {
                person: erasure.person,
                life: erasure.life,
                keys: erasure.keys.clone(),
                reason: erasure.reason.clone(),
                day: erasure.day,
                state: MarkState::Intended,
            };
            self.carry_out(&mark, false).await?;
            done += 1;
        }
        // Begun here and not in the ledger yet, or the records were restored without the keys.
        for mark in self.keys.marks(false).await? {
            let here = erased_here.get(&mark.person).copied().unwrap_or(0) >= mark.life;
            if mark.state < MarkState::Settled || !here && !last.contains_key(&mark.person) {
                self.carry_out(&mark, false).await?;
                done += 1;
            }
        }
        Ok(done)
    }

    pub(crate) fn deployment(&self) -> Deployment {
        self.keys.deployment()
    }

    /// Makes the table of a declaration known.
    pub(crate) async fn register(
        &self,
        content: Content,
        activity: &str,
        schema: &'static Schema,
        retention: Retention,
        make: bool,
    ) -> Result<Arc<Table>, VaultError> {
        let table = Table::register(&self.db, content, activity, schema, retention, make).await?;
        let table = Arc::new(table);
        self.tables.write().unwrap_or_else(PoisonError::into_inner).push(Arc::clone(&table));
        Ok(table)
    }

    /// Makes every table known that is in the database, by the declaration of each that was used last.
    pub(crate) async fn register_all(&self) -> Result<(), VaultError> {
        let sql = "SELECT t.kind, t.activity, d.manifest FROM record_table t \
                   JOIN declaration d ON d.fingerprint = t.declared ORDER BY t.tab";
        for row in self.db.query(sql, &[]).await? {
            let content = Content::parse(&row.text(0)?).ok_or(DatabaseError::Schema)?;
            let schema = declared::read(&row.text(2)?)?;
            self.register(content, &row.text(1)?, schema, Retention::Unlimited, false).await?;
        }
        Ok(())
    }

    pub(crate) fn tables(&self) -> Vec<Arc<Table>> {
        self.tables.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    pub(crate) fn table(&self, number: i64) -> Option<Arc<Table>> {
        self.tables().into_iter().find(|table| table.number == number)
    }

    /// The division of a declaration of before.
    async fn layout(&self, declared: [u8; 16]) -> Result<Option<Arc<Layout>>, VaultError> {
        let known = self.layouts.read().unwrap_or_else(PoisonError::into_inner).get(&declared).cloned();
        if known.is_some() {
            return Ok(known);
        }
        let sql = "SELECT manifest FROM declaration WHERE fingerprint = $1";
        let rows = self.db.query(sql, &[declared.into()]).await?;
        let Some(row) = rows.first() else { return Ok(None) };
        let layout = Arc::new(Layout::of(declared::read(&row.text(0)?)?)?);
        if layout.schema.content_fingerprint().to_bytes() != declared {
            return Err(VaultError::Tampered { table: "declaration".to_owned() });
        }
        let mut layouts = self.layouts.write().unwrap_or_else(PoisonError::into_inner);
        layouts.insert(declared, Arc::clone(&layout));
        Ok(Some(layout))
    }
}

fn erasure(mark: &Mark) -> crate::ledger::Erasure {
    crate::ledger::Erasure {
        person: mark.person,
        life: mark.life,
        keys: mark.keys.clone(),
        reason: mark.reason.clone(),
        day: mark.day,
    }
}

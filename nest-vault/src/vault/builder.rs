//! What a vault is opened with.

use std::collections::HashMap;
use std::fmt;
use std::future::Future;
use std::marker::PhantomData;
use std::path::{Path, PathBuf};
use std::pin::Pin;
use std::sync::Arc;

use nest_core::PepRecord;
use nest_core::schema::Schema;
use nest_source::{Activity, activity_name};

use super::{Inner, SqlVault};
use crate::access::AccessLog;
use crate::database::Faults;
use crate::envelope::Suite;
use crate::error::VaultError;
use crate::keys::KeyStore;
use crate::store::{Content, Opening, Retention, Store};

/// Settings of a [`SqlVault`] that is about to be opened.
#[must_use = "it is opened by `open`"]
pub struct VaultBuilder<P> {
    url: String,
    keys: Arc<dyn KeyStore>,
    ledger: Option<PathBuf>,
    ledger_head: Option<String>,
    accept_lost_ledger: bool,
    access: Option<AccessLog>,
    suite: Suite,
    migrate: bool,
    faults: Faults,
    activities: Vec<Registered>,
    participant: PhantomData<fn() -> P>,
}

/// An activity with its declarations.
struct Registered {
    name: String,
    given: &'static Schema,
    outcome: &'static Schema,
    retention: Retention,
}

/// What opening takes: it is long, so it is on the heap.
type Opened<'a, P> = Pin<Box<dyn Future<Output = Result<SqlVault<P>, VaultError>> + Send + 'a>>;

impl<P: PepRecord + Send + Sync + 'static> VaultBuilder<P> {
    pub(super) fn new(url: String, keys: Arc<dyn KeyStore>) -> Self {
        Self {
            url,
            keys,
            ledger: None,
            ledger_head: None,
            accept_lost_ledger: false,
            access: None,
            suite: Suite::default(),
            migrate: true,
            faults: Faults::default(),
            activities: Vec::new(),
            participant: PhantomData,
        }
    }

    /// Keeps the records of an activity, under the name that its record declares.
    pub fn activity<A: Activity>(self) -> Self {
        self.activity_named::<A>(activity_name::<A>())
    }

    /// Keeps the records of an activity under another name: one record type may serve several activities.
    pub fn activity_named<A: Activity>(mut self, name: impl Into<String>) -> Self {
        self.activities.push(Registered {
            name: name.into(),
            given: A::SCHEMA,
            outcome: A::Outcome::SCHEMA,
            retention: Retention::Unlimited,
        });
        self
    }

    /// For how long the records of the activity that was named last are kept. What has come to its end is removed when
    /// the vault is opened, and by [`SqlVault::expire`].
    pub fn retention(mut self, retention: Retention) -> Self {
        if let Some(activity) = self.activities.last_mut() {
            activity.retention = retention;
        }
        self
    }

    /// The file of the erasure ledger, which [`init`](crate::init) made. Keep it, and its copies, apart from both
    /// databases. It has to be named.
    pub fn ledger(mut self, path: impl AsRef<Path>) -> Self {
        self.ledger = Some(path.as_ref().to_owned());
        self
    }

    /// A hash that was noted as the head of the ledger. A ledger without it is refused as an older copy.
    pub fn ledger_head(mut self, head: impl Into<String>) -> Self {
        self.ledger_head = Some(head.into());
        self
    }

    /// Goes on with a new ledger where there is none, although a restored backup may then bring erased people back.
    pub fn accept_lost_ledger(mut self) -> Self {
        self.accept_lost_ledger = true;
        self
    }

    /// Where every opening of records is written down. It has to be named.
    pub fn audit(mut self, log: AccessLog) -> Self {
        self.access = Some(log);
        self
    }

    /// What new records are sealed with. Those of the other suite are read as well: `reseal` changes them.
    pub fn suite(mut self, suite: Suite) -> Self {
        self.suite = suite;
        self
    }

    /// Whether tables of an earlier version, and those of new declarations, are brought up to this one. With `false`
    /// the vault is refused instead: run `nest-vault migrate`.
    pub fn migrate(mut self, migrate: bool) -> Self {
        self.migrate = migrate;
        self
    }

    #[doc(hidden)]
    pub fn faults(mut self, faults: Faults) -> Self {
        self.faults = faults;
        self
    }

    /// Opens the vault: brings the tables up to this version, carries out every erasure of the ledger that the
    /// databases do not know, completes what was stopped, and removes what has come to its end.
    ///
    /// # Errors
    ///
    /// [`VaultError::Settings`] where something was not named or does not belong together, [`VaultError::Ledger`] where
    /// the ledger is missing or older, and what the databases refuse.
    pub fn open(self) -> Opened<'static, P> {
        Box::pin(self.try_open())
    }

    async fn try_open(self) -> Result<SqlVault<P>, VaultError> {
        let missing = |what: &str| VaultError::Settings(format!("the vault has no {what}"));
        let ledger = self.ledger.ok_or_else(|| missing("erasure ledger: name its file with `ledger`"))?;
        let access = self.access.ok_or_else(|| missing("access log: open one and name it with `audit`"))?;
        let opening = Opening {
            url: &self.url,
            keys: self.keys,
            ledger: &ledger,
            ledger_head: self.ledger_head.as_deref(),
            accept_lost_ledger: self.accept_lost_ledger,
            access,
            suite: self.suite,
            migrate: self.migrate,
            faults: self.faults,
        };
        let store = Store::open(opening).await?;
        let participant = store
            .register(Content::Participant, "participants", P::SCHEMA, Retention::Unlimited, self.migrate)
            .await?;
        let mut activities = HashMap::new();
        for Registered { name, given, outcome, retention } in self.activities {
            let given = store.register(Content::Given, &name, given, retention, self.migrate).await?;
            let outcome = store.register(Content::Outcome, &name, outcome, retention, self.migrate).await?;
            activities.insert(name, (given, outcome));
        }
        store.expire(crate::day::today()).await?;
        Ok(SqlVault {
            inner: Arc::new(Inner { store, participant, activities, repetitions: Default::default() }),
            types: PhantomData,
        })
    }
}

impl<P> fmt::Debug for VaultBuilder<P> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("VaultBuilder(…)")
    }
}

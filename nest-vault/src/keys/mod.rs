//! Where the keys of people are kept: away from the records, wrapped by a master key.

mod cache;
mod living;
mod marks;
mod rotate;
mod sql;
mod tables;
mod wrapping;

use std::collections::HashMap;
use std::fmt;

use async_trait::async_trait;

pub(crate) use cache::Cache;
pub use rotate::Finality;
pub use sql::SqlKeys;
pub(crate) use sql::lock_of;

use crate::database::DatabaseError;
use crate::day::Day;
use crate::envelope::{PersonKey, Suite};
use crate::id::{Deployment, KeyId, Lookup, MasterId};
use crate::master::Master;
use crate::reason::Reason;
use crate::secret::IndexSecret;

/// A store of keys.
///
/// A vault asks it for the keys of people and never sees a master key. Implement it to keep keys in another system;
/// [`SqlKeys`] keeps them in SQLite or PostgreSQL.
#[async_trait]
pub trait KeyStore: Send + Sync + 'static {
    /// Which vault it is the store of.
    fn deployment(&self) -> Deployment;

    /// What people are found by.
    fn index(&self) -> &IndexSecret;

    /// The live key of each of these people for a suite, in the same order, made where there is none.
    ///
    /// Somebody who was erased gets none, or with [`Erased::NewLife`] the key of a new life.
    ///
    /// # Errors
    ///
    /// [`KeyError`], and then no key was made.
    async fn ensure(
        &self,
        people: &[Lookup],
        suite: Suite,
        erased: Erased,
    ) -> Result<Vec<Option<Living>>, KeyError>;

    /// The keys of these numbers. A number that is missing in the answer was never a key of this store.
    ///
    /// # Errors
    ///
    /// [`KeyError`]
    async fn unwrap_many(&self, keys: &[KeyId]) -> Result<HashMap<KeyId, Unwrapped>, KeyError>;

    /// Begins an erasure, so that no key of this person is given out any more. Where they are erased already it
    /// returns that erasure.
    ///
    /// # Errors
    ///
    /// [`KeyError`]
    async fn mark(&self, person: Lookup, reason: &Reason, day: Day) -> Result<Mark, KeyError>;

    /// Destroys every key that an erasure covers, and makes sure that the store's files hold them no more. It may be
    /// repeated. An erasure that the store does not know, from a ledger, is written down first.
    ///
    /// # Errors
    ///
    /// [`KeyError`]
    async fn destroy(&self, mark: &Mark) -> Result<(), KeyError>;

    /// Notes that nothing is left to do for an erasure.
    ///
    /// # Errors
    ///
    /// [`KeyError`]
    async fn settle(&self, mark: &Mark) -> Result<(), KeyError>;

    /// The erasures that are known, each person's last one. `unsettled`: only those with something left to do.
    ///
    /// # Errors
    ///
    /// [`KeyError`]
    async fn marks(&self, unsettled: bool) -> Result<Vec<Mark>, KeyError>;

    /// Begins or continues to wrap every key with a new master. Each call does one page of keys and returns how many
    /// they were: none where all are done.
    ///
    /// # Errors
    ///
    /// [`KeyError`]
    async fn rewrap_page(&self, to: &Master) -> Result<u64, KeyError>;

    /// Gives up every master but the current one.
    ///
    /// # Errors
    ///
    /// [`KeyError::NotRotated`] while a key is wrapped by another.
    async fn retire_masters(&self) -> Result<Finality, KeyError>;

    /// How many keys there are under each master, the current one first.
    ///
    /// # Errors
    ///
    /// [`KeyError`]
    async fn health(&self) -> Result<KeyHealth, KeyError>;

    /// Closes its connections.
    async fn close(&self);

    /// Forgets the unwrapped keys that it has in memory.
    fn forget(&self, keys: &[KeyId]);

    /// The numbers of all keys after this one, for a check against the records: at most `limit`.
    ///
    /// # Errors
    ///
    /// [`KeyError`]
    async fn page(&self, after: Option<KeyId>, limit: u32) -> Result<Vec<(KeyId, Lookup)>, KeyError>;

    /// Destroys keys that no envelope names any more, without a word about a person.
    ///
    /// # Errors
    ///
    /// [`KeyError`]
    async fn discard(&self, keys: &[KeyId]) -> Result<(), KeyError>;
}

/// What [`KeyStore::ensure`] does about somebody who was erased.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Erased {
    /// Gives no key.
    Refuse,
    /// Gives the key of a new life: they were registered again.
    NewLife,
}

/// The key of somebody who is there.
#[derive(Debug, Clone)]
pub struct Living {
    /// The key.
    pub key: PersonKey,
    /// How many times they were registered after an erasure, from 1.
    pub life: u64,
}

/// What became of a key.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub enum Unwrapped {
    /// It is there.
    Key(PersonKey),
    /// It was destroyed, or its person is being erased.
    Destroyed,
}

/// One erasure in the key store.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mark {
    /// Who.
    pub person: Lookup,
    /// Every key of this and earlier lives.
    pub life: u64,
    /// The keys, as far as the store knows them.
    pub keys: Vec<KeyId>,
    /// Why.
    pub reason: Reason,
    /// When.
    pub day: Day,
    /// How far it is.
    pub state: MarkState,
}

/// How far an erasure is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum MarkState {
    /// No key is given out any more.
    Intended,
    /// The keys are destroyed.
    Destroyed,
    /// The records are cleared as well.
    Settled,
    /// No copy of the key store opens them either: the master key that wrapped them was retired.
    Final,
}

impl MarkState {
    fn as_str(self) -> &'static str {
        match self {
            MarkState::Intended => "intended",
            MarkState::Destroyed => "destroyed",
            MarkState::Settled => "settled",
            MarkState::Final => "final",
        }
    }

    fn parse(text: &str) -> Option<Self> {
        [MarkState::Intended, MarkState::Destroyed, MarkState::Settled, MarkState::Final]
            .into_iter()
            .find(|state| state.as_str() == text)
    }
}

/// The state of a key store.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeyHealth {
    /// Each master with the number of keys that it wraps, the current one first.
    pub masters: Vec<(MasterId, u64)>,
    /// How many people are erased, and of these how many finally.
    pub erased: (u64, u64),
}

/// Why there is no key.
#[derive(Debug)]
#[non_exhaustive]
pub enum KeyError {
    /// The master key is not the one, or not all of those, that the keys are wrapped with.
    WrongMaster {
        /// The id of the master key that is needed.
        needed: MasterId,
    },
    /// Something in the key store was changed.
    Damaged,
    /// Some keys are still wrapped by an older master key: rotate first.
    NotRotated {
        /// How many.
        left: u64,
    },
    /// The database refused.
    Database(DatabaseError),
    /// There is no key store yet, or there is one already, or it is something else.
    Setup(&'static str),
}

impl fmt::Display for KeyError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            KeyError::WrongMaster { needed } => {
                write!(f, "the wrong master key: keys are wrapped with master {needed}")
            }
            KeyError::Damaged => f.write_str("the key store was changed: restore a backup of it"),
            KeyError::NotRotated { left } => {
                write!(
                    f,
                    "{left} keys are still wrapped by an older master key: run `nest-vault rotate-master`"
                )
            }
            KeyError::Database(error) => write!(f, "key store: {error}"),
            KeyError::Setup(what) => f.write_str(what),
        }
    }
}

impl std::error::Error for KeyError {}

impl From<DatabaseError> for KeyError {
    fn from(error: DatabaseError) -> Self {
        KeyError::Database(error)
    }
}

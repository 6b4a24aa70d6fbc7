//! What a vault refuses, in words for the person who has to do something about it.

use std::fmt;
use std::io;

use nest_core::Fingerprint;

use crate::database::DatabaseError;
use crate::envelope::EnvelopeError;
use crate::id::MasterId;
use crate::keys::KeyError;
use crate::ledger::LedgerError;

/// Why a vault did not do what it was asked. No variant says anything about a person or a value.
#[derive(Debug)]
#[non_exhaustive]
pub enum VaultError {
    /// There is no such record, or nothing is known of the person.
    NotFound,
    /// The record exists, or has another version than expected.
    Conflict {
        /// The version that is there; 0 where it cannot be told.
        found: u64,
    },
    /// The person was erased. Registering them again begins a new life.
    Erased,
    /// The record is on hold: it can be neither changed nor removed until it is released.
    Hold,
    /// The master key is not the one that the keys are wrapped with.
    WrongMaster {
        /// The id of the master key that is needed.
        needed: MasterId,
    },
    /// Something in this table was changed, moved or removed by somebody without the keys.
    Tampered {
        /// Which table.
        table: String,
    },
    /// An envelope is of a format or suite that this version does not know.
    UnknownFormat,
    /// The row was written by a declaration that reads otherwise than the present one.
    Declaration {
        /// That of the row.
        kept: Fingerprint,
        /// The present one.
        now: Fingerprint,
    },
    /// The disk is full. Nothing of the batch was written.
    Full,
    /// A database or file may only be read.
    ReadOnly,
    /// A database does not answer, or is held for too long.
    Unavailable,
    /// A sealed text would be longer than 65,535 bytes, which CCM cannot seal.
    TooLarge,
    /// The record does not fit its declaration, or does not say who its subject is. The text says which field and bound.
    Invalid(String),
    /// The erasure ledger is missing, older, or of another vault.
    Ledger(LedgerError),
    /// The access log could not be written, so nothing was opened.
    AccessLog(io::Error),
    /// A setting is missing or contradicts another.
    Settings(String),
    /// A database refused for another reason.
    Database(DatabaseError),
}

impl fmt::Display for VaultError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            VaultError::NotFound => f.write_str("there is no such record or person"),
            VaultError::Conflict { found } => write!(f, "the record is there in version {found}"),
            VaultError::Erased => f.write_str("the person was erased"),
            VaultError::Hold => f.write_str("the record is on hold: release it first"),
            VaultError::WrongMaster { needed } => write!(
                f,
                "the wrong master key: the keys are wrapped with master {needed}; name its file, or both while a rotation is under way"
            ),
            VaultError::Tampered { table } => write!(
                f,
                "something in table {table} was changed by somebody without the keys: run `nest-vault verify --all`, and restore a backup"
            ),
            VaultError::UnknownFormat => {
                f.write_str("a record is in a format that this version does not know: use a later version")
            }
            VaultError::Declaration { kept, now } => write!(
                f,
                "the record was kept under declaration {kept}, which reads otherwise than {now}: declare it as it was"
            ),
            VaultError::Full => f.write_str("the disk is full: nothing was written; free some space"),
            VaultError::ReadOnly => {
                f.write_str("a database may only be read: check the rights of its file and folder")
            }
            VaultError::Unavailable => {
                f.write_str("a database does not answer: check that it runs and its URL")
            }
            VaultError::TooLarge => f.write_str("the record is too large to be sealed: at most 65,535 bytes"),
            VaultError::Invalid(what) => f.write_str(what),
            VaultError::Ledger(error) => error.fmt(f),
            VaultError::AccessLog(error) => write!(f, "the access log could not be written: {error}"),
            VaultError::Settings(what) => f.write_str(what),
            VaultError::Database(error) => error.fmt(f),
        }
    }
}

impl std::error::Error for VaultError {}

impl From<DatabaseError> for VaultError {
    fn from(error: DatabaseError) -> Self {
        match error {
            DatabaseError::Full => VaultError::Full,
            DatabaseError::ReadOnly => VaultError::ReadOnly,
            DatabaseError::Unavailable | DatabaseError::Busy | DatabaseError::Serialization => {
                VaultError::Unavailable
            }
            other => VaultError::Database(other),
        }
    }
}

impl From<KeyError> for VaultError {
    fn from(error: KeyError) -> Self {
        match error {
            KeyError::WrongMaster { needed } => VaultError::WrongMaster { needed },
            KeyError::Damaged => VaultError::Tampered { table: "person_key".to_owned() },
            KeyError::Database(error) => error.into(),
            KeyError::Setup(what) => VaultError::Settings(what.to_owned()),
            other @ KeyError::NotRotated { .. } => VaultError::Settings(other.to_string()),
        }
    }
}

impl From<LedgerError> for VaultError {
    fn from(error: LedgerError) -> Self {
        VaultError::Ledger(error)
    }
}

impl VaultError {
    /// The error of a record that is shown several times.
    pub(crate) fn again(&self) -> Self {
        match self {
            VaultError::Tampered { table } => VaultError::Tampered { table: table.clone() },
            VaultError::UnknownFormat => VaultError::UnknownFormat,
            VaultError::Declaration { kept, now } => VaultError::Declaration { kept: *kept, now: *now },
            other => VaultError::Settings(other.to_string()),
        }
    }

    /// Of an envelope in this table.
    pub(crate) fn of_envelope(error: EnvelopeError, table: &str) -> Self {
        match error {
            EnvelopeError::UnknownFormat(_) | EnvelopeError::UnknownSuite(_) => VaultError::UnknownFormat,
            EnvelopeError::Length | EnvelopeError::OtherKey | EnvelopeError::Tampered => {
                VaultError::Tampered { table: table.to_owned() }
            }
        }
    }
}

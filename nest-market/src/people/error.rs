//! Why something about a person's data was refused. It names records, sources and attributes, never a value.

use std::fmt;

use nest_vault::VaultError;

use crate::account::AccountError;
use crate::catalogue::{CatalogueError, MappingError};
use crate::database::DatabaseError;
use crate::senml::{SenmlError, Unfit};

/// Why something about a person's data was refused.
#[derive(Debug)]
#[non_exhaustive]
pub enum PeopleError {
    /// There is no such source, attribute or token, or it is somebody else's.
    NotFound,
    /// The token is unknown or was replaced.
    Denied,
    /// The pack is not as SenML must be.
    Senml(SenmlError),
    /// A reading is no value of its attribute.
    Reading {
        /// Which record of the pack, from 0.
        record: usize,
        /// Why.
        unfit: Unfit,
    },
    /// The key of the pack was used for another pack.
    KeyReused,
    /// More readings of one attribute on one day than are kept.
    TooMany,
    /// The sensor cannot be that attribute.
    Mapping(MappingError),
    /// The source cannot be in the catalogue.
    Catalogue(CatalogueError),
    /// Something is not as it must be.
    Invalid(&'static str),
    /// The source that was asked gave no readings.
    Source,
    /// The person is erased.
    Erased,
    /// Others write the same readings at the same time: try again.
    Busy,
    /// The account is refused something.
    Account(AccountError),
    /// The vault refuses.
    Vault(VaultError),
    /// The database failed.
    Database(DatabaseError),
}

impl fmt::Display for PeopleError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            PeopleError::NotFound => f.write_str("there is no such source or attribute"),
            PeopleError::Denied => f.write_str("the push token is unknown or was replaced"),
            PeopleError::Senml(error) => error.fmt(f),
            PeopleError::Reading { record, unfit } => write!(f, "record {record}: {unfit}"),
            PeopleError::KeyReused => f.write_str("this key was used for another pack"),
            PeopleError::TooMany => f.write_str("too many readings of one attribute on one day"),
            PeopleError::Mapping(error) => error.fmt(f),
            PeopleError::Catalogue(error) => error.fmt(f),
            PeopleError::Invalid(what) => f.write_str(what),
            PeopleError::Source => f.write_str("the source gave no readings"),
            PeopleError::Erased => f.write_str("the data of this account are erased"),
            PeopleError::Busy => f.write_str("the same readings are being written: try again"),
            PeopleError::Account(error) => error.fmt(f),
            PeopleError::Vault(_) => f.write_str("the vault does not answer"),
            PeopleError::Database(error) => error.fmt(f),
        }
    }
}

impl std::error::Error for PeopleError {}

macro_rules! from {
    ($($from:ty => $variant:ident),*) => {$(
        impl From<$from> for PeopleError {
            fn from(error: $from) -> Self {
                PeopleError::$variant(error)
            }
        }
    )*};
}

from!(DatabaseError => Database, AccountError => Account, SenmlError => Senml, MappingError => Mapping,
    CatalogueError => Catalogue);

impl From<VaultError> for PeopleError {
    fn from(error: VaultError) -> Self {
        match error {
            VaultError::Erased => PeopleError::Erased,
            VaultError::Conflict { .. } => PeopleError::Busy,
            other => PeopleError::Vault(other),
        }
    }
}

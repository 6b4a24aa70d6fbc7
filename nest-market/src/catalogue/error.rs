//! Why a source is not taken into the catalogue.

use std::fmt;

use nest_schema::ManifestError;

/// A source that the catalogue refuses.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum CatalogueError {
    /// Two sources or two attributes that a reader of a query would take for each other.
    Duplicate {
        /// The one that was there.
        first: String,
        /// The one that was added.
        second: String,
    },
    /// The record as a whole is no source.
    Source {
        /// Its name.
        name: String,
        /// Why, and what to do.
        reason: &'static str,
    },
    /// One of its fields cannot be offered.
    Attribute {
        /// The source.
        source: String,
        /// The field.
        name: String,
        /// Why, and what to do.
        reason: &'static str,
    },
    /// There is no source of this name.
    NoSource {
        /// The name.
        name: String,
    },
    /// The manifest is not read: every fault, with its place.
    Manifest(ManifestError),
}

impl fmt::Display for CatalogueError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            CatalogueError::Duplicate { first, second } => {
                write!(f, "`{first}` and `{second}` have names that differ in nothing but case: rename one")
            }
            CatalogueError::Source { name, reason } => write!(f, "source `{name}`: {reason}"),
            CatalogueError::Attribute { source, name, reason } => {
                write!(f, "attribute `{source}.{name}`: {reason}")
            }
            CatalogueError::NoSource { name } => write!(f, "there is no source `{name}`"),
            CatalogueError::Manifest(error) => error.fmt(f),
        }
    }
}

impl std::error::Error for CatalogueError {}

impl From<ManifestError> for CatalogueError {
    fn from(error: ManifestError) -> Self {
        CatalogueError::Manifest(error)
    }
}

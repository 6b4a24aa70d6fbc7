//! Why records were not read. A place is told, and what is expected there, and never the value.

use std::fmt;
use std::path::PathBuf;

use nest_core::EncodeError;
use nest_vault::VaultError;

use crate::sum::SumError;

/// Why records were not read.
///
/// It tells the place and what is expected there, never the value.
#[derive(Debug)]
#[non_exhaustive]
pub enum DataError {
    /// The file cannot be opened or read.
    File {
        /// The file.
        path: PathBuf,
        /// What the operating system says.
        kind: std::io::ErrorKind,
    },
    /// A line of a file has another number of columns than the first, or is no UTF-8.
    Line {
        /// The line, from 1.
        line: u64,
        /// What is wrong with it.
        fault: &'static str,
    },
    /// A column that the manifest declares is not there, or is there twice.
    Column {
        /// The column.
        column: String,
        /// What is wrong with it.
        fault: &'static str,
    },
    /// A value is not one that the manifest declares.
    Value {
        /// The line of a file or the row of a query, from 1.
        line: u64,
        /// The column.
        column: String,
        /// What the manifest declares.
        expected: String,
    },
    /// A record of a Rust type lies outside its declaration.
    Record(EncodeError),
    /// The database refused.
    Database(String),
    /// The vault refused.
    Vault(Box<VaultError>),
    /// The proposal of a manifest cannot be made.
    Propose(&'static str),
    /// The sum refused a record.
    Sum(SumError),
}

impl fmt::Display for DataError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            DataError::File { path, kind } => write!(f, "cannot read `{}`: {kind}", path.display()),
            DataError::Line { line, fault } => write!(f, "line {line}: {fault}"),
            DataError::Column { column, fault } => write!(f, "column `{column}` {fault}"),
            DataError::Value { line, column, expected } => {
                write!(f, "line {line}, column `{column}`: expected {expected}; nothing was sent")
            }
            DataError::Record(error) => error.fmt(f),
            DataError::Database(message) => write!(f, "the database: {message}"),
            DataError::Vault(error) => error.fmt(f),
            DataError::Propose(message) => f.write_str(message),
            DataError::Sum(error) => error.fmt(f),
        }
    }
}

impl std::error::Error for DataError {}

impl From<EncodeError> for DataError {
    fn from(error: EncodeError) -> Self {
        Self::Record(error)
    }
}

impl From<VaultError> for DataError {
    fn from(error: VaultError) -> Self {
        Self::Vault(Box::new(error))
    }
}

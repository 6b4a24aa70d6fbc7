//! What a database refuses, without a word of what it was told.

use std::fmt;

/// Why a database did not do what it was asked.
///
/// The driver's own errors may quote values and constraints, so they go no further than this file: what is kept of
/// them is the kind and the code.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum DatabaseError {
    /// The disk is full.
    Full,
    /// The file or the folder may only be read.
    ReadOnly,
    /// There is no connection, or it was lost.
    Unavailable,
    /// Another process holds the database for too long.
    Busy,
    /// The URL is of no known database, or lacks something.
    Url(&'static str),
    /// A table is missing or is of another version.
    Schema,
    /// The file is damaged, or is no database.
    Damaged,
    /// A value is there already.
    Exists,
    /// A rule of the tables forbids the change, such as a balance below zero.
    Rule,
    /// Two transactions stood in each other's way: it may be tried again.
    Serialization,
    /// Something else, with the database's code.
    Other(String),
}

impl DatabaseError {
    /// Whether the same transaction may succeed when it is tried again.
    pub fn is_temporary(&self) -> bool {
        matches!(self, DatabaseError::Busy | DatabaseError::Serialization | DatabaseError::Unavailable)
    }
}

impl fmt::Display for DatabaseError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            DatabaseError::Full => "the disk of the database is full: free some space and try again",
            DatabaseError::ReadOnly => {
                "the database may only be read: check the rights of its file and folder"
            }
            DatabaseError::Unavailable => "the database does not answer: check that it runs and the URL",
            DatabaseError::Busy => "the database is held by another process for too long",
            DatabaseError::Url(what) => what,
            DatabaseError::Schema => "the tables are not those of this version: run `nest-market migrate`",
            DatabaseError::Damaged => "the database file is damaged or is no database: restore a backup",
            DatabaseError::Exists => "it exists already",
            DatabaseError::Rule => "a rule of the tables forbids this change",
            DatabaseError::Serialization => "another transaction stood in the way: try again",
            DatabaseError::Other(code) => return write!(f, "the database refused with code {code}"),
        })
    }
}

impl std::error::Error for DatabaseError {}

impl From<sqlx::Error> for DatabaseError {
    fn from(error: sqlx::Error) -> Self {
        match error {
            sqlx::Error::Database(error) => {
                let code = error.code().unwrap_or_default().into_owned();
                match error.try_downcast_ref::<sqlx::sqlite::SqliteError>() {
                    Some(_) => of_sqlite(&code),
                    None => of_postgres(&code),
                }
            }
            sqlx::Error::Io(error) => match error.kind() {
                std::io::ErrorKind::StorageFull => DatabaseError::Full,
                std::io::ErrorKind::PermissionDenied | std::io::ErrorKind::ReadOnlyFilesystem => {
                    DatabaseError::ReadOnly
                }
                _ => DatabaseError::Unavailable,
            },
            sqlx::Error::Tls(_)
            | sqlx::Error::PoolTimedOut
            | sqlx::Error::PoolClosed
            | sqlx::Error::WorkerCrashed
            // The server went away in the middle of a message.
            | sqlx::Error::Protocol(_) => DatabaseError::Unavailable,
            sqlx::Error::Configuration(_) => DatabaseError::Url("the URL of the database cannot be read"),
            sqlx::Error::ColumnNotFound(_)
            | sqlx::Error::ColumnIndexOutOfBounds { .. }
            | sqlx::Error::ColumnDecode { .. }
            | sqlx::Error::TypeNotFound { .. } => DatabaseError::Schema,
            _ => DatabaseError::Other("driver".to_owned()),
        }
    }
}

/// By the extended result codes of SQLite.
fn of_sqlite(code: &str) -> DatabaseError {
    let number: u32 = code.parse().unwrap_or_default();
    match (number & 0xff, number) {
        (13, _) => DatabaseError::Full,
        (8 | 14 | 3 | 23, _) => DatabaseError::ReadOnly,
        (5 | 6, _) => DatabaseError::Busy,
        (10, _) => DatabaseError::Unavailable,
        (11 | 26, _) => DatabaseError::Damaged,
        (19, 1555 | 2067 | 2579) => DatabaseError::Exists,
        (19, _) => DatabaseError::Rule,
        (1, _) => DatabaseError::Schema,
        _ => DatabaseError::Other(code.to_owned()),
    }
}

/// By SQLSTATE.
fn of_postgres(code: &str) -> DatabaseError {
    match code {
        "53100" => DatabaseError::Full,
        "25006" | "42501" => DatabaseError::ReadOnly,
        "40001" | "40P01" => DatabaseError::Serialization,
        "55P03" => DatabaseError::Busy,
        "23505" => DatabaseError::Exists,
        "42P01" | "42703" | "42804" | "3F000" => DatabaseError::Schema,
        "28000" | "28P01" | "3D000" => DatabaseError::Unavailable,
        "XX001" | "XX002" => DatabaseError::Damaged,
        _ if code.starts_with("23") => DatabaseError::Rule,
        _ if code.starts_with("08") || code.starts_with("57P") || code.starts_with("53") => {
            DatabaseError::Unavailable
        }
        _ => DatabaseError::Other(code.to_owned()),
    }
}

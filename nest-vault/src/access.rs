//! The access log: every opening of records with its purpose and counts, durable before the plaintext is returned.

use std::io;
use std::path::Path;

use serde_json::{Map, Value, json};

use crate::chain::{Chain, ChainError};
use crate::database::Faults;
use crate::day;
use nest_source::Purpose;

/// A file to which one line is added for each opening of records.
///
/// A line is JSON: the time in seconds, the purpose, the table, and how many records were opened, were erased, or did
/// not open. It is chained by hashes, so a line that is changed or removed is found.
///
/// # Privacy
///
/// It holds no pseudonym, no row and no value. On Unix only the owner of a new file may read it.
#[derive(Debug, Clone)]
pub struct AccessLog {
    chain: Chain,
}

/// What one line counts.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Opening {
    pub(crate) opened: usize,
    pub(crate) erased: usize,
    pub(crate) failed: usize,
}

impl AccessLog {
    /// Creates the file, or continues the one that is there.
    ///
    /// # Errors
    ///
    /// What the file system says, and [`io::ErrorKind::InvalidData`] where a line does not follow from the one before.
    pub fn open(path: impl AsRef<Path>) -> io::Result<Self> {
        Self::open_with(path.as_ref(), Faults::default())
    }

    pub(crate) fn open_with(path: &Path, faults: Faults) -> io::Result<Self> {
        let chain = if path.exists() {
            Chain::open(path, faults).map(|(chain, _)| chain)
        } else {
            let first = json!({ "format": "nest-vault-access-1" });
            Chain::create(path, first.as_object().cloned().unwrap_or_default(), faults)
        };
        chain.map(|chain| Self { chain }).map_err(into_io)
    }

    /// Writes a line and waits until it is durable, away from the threads that serve.
    pub(crate) async fn note(&self, purpose: &Purpose, table: &str, opening: Opening) -> io::Result<()> {
        let mut line = Map::new();
        line.insert("at".to_owned(), day::seconds().into());
        line.insert("purpose".to_owned(), Value::String(purpose.as_str().to_owned()));
        line.insert("table".to_owned(), Value::String(table.to_owned()));
        line.insert("opened".to_owned(), opening.opened.into());
        line.insert("erased".to_owned(), opening.erased.into());
        line.insert("failed".to_owned(), opening.failed.into());
        let chain = self.chain.clone();
        let written = tokio::task::spawn_blocking(move || chain.append(line)).await;
        written.map_err(|_| io::Error::other("the line was not written"))?.map(drop).map_err(into_io)
    }
}

fn into_io(error: ChainError) -> io::Error {
    match error {
        ChainError::Io(error) => error,
        ChainError::Broken(line) => io::Error::new(
            io::ErrorKind::InvalidData,
            format!("line {line} was changed, or one before it removed"),
        ),
    }
}

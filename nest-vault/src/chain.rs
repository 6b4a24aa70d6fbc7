//! A file of lines that are only ever added, each with the hash of the line before: for the erasure ledger and the
//! access log.
//!
//! A line is JSON and ends with its member `previous`: the SHA-256 of the whole line before without its newline, 64
//! zeros in the first. Several processes of one machine may add to one file: each takes the file's lock for a line.

use std::fmt;
use std::fs::{File, OpenOptions};
use std::io::{self, Read as _, Seek as _, SeekFrom, Write as _};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};

use serde_json::{Map, Value};
use sha2::{Digest as _, Sha256};

use crate::database::Faults;
use crate::id::to_hex;
use crate::master::sync_folder;

/// The hash of a line, in 64 hexadecimal digits.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct LineHash(pub(crate) String);

impl LineHash {
    pub(crate) fn first() -> Self {
        Self("0".repeat(64))
    }

    fn of(line: &str) -> Self {
        Self(to_hex(&Sha256::digest(line.as_bytes())))
    }
}

/// Why a chained file cannot be used.
#[derive(Debug)]
pub(crate) enum ChainError {
    Io(io::Error),
    /// The line of this number does not follow from the one before, or is no JSON.
    Broken(usize),
}

impl From<io::Error> for ChainError {
    fn from(error: io::Error) -> Self {
        ChainError::Io(error)
    }
}

impl fmt::Display for ChainError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            ChainError::Io(error) => write!(f, "{error}"),
            ChainError::Broken(line) => write!(f, "line {line} was changed, or one before it was removed"),
        }
    }
}

/// One line that was read and follows from the one before.
#[derive(Debug, Clone)]
pub(crate) struct Line {
    pub(crate) content: Map<String, Value>,
    pub(crate) hash: LineHash,
}

/// An open file. Clones add to the same one.
#[derive(Clone)]
pub(crate) struct Chain {
    path: PathBuf,
    state: Arc<Mutex<State>>,
    faults: Faults,
}

struct State {
    file: File,
    /// How long the file was when this process last looked, and the hash of its last line then.
    end: u64,
    last: LineHash,
}

impl Chain {
    /// Makes a new file with rights for its owner only, and this first line.
    pub(crate) fn create(path: &Path, first: Map<String, Value>, faults: Faults) -> Result<Self, ChainError> {
        let mut options = OpenOptions::new();
        options.read(true).append(true).create_new(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let file = options.open(path)?;
        sync_folder(path);
        let chain = Self::of(path, file, faults);
        chain.append(first)?;
        Ok(chain)
    }

    /// Opens a file and reads all of it.
    ///
    /// Text after the last newline was never acknowledged to anybody: a crash cut it off. It is removed.
    pub(crate) fn open(path: &Path, faults: Faults) -> Result<(Self, Vec<Line>), ChainError> {
        let file = OpenOptions::new().read(true).append(true).open(path)?;
        let chain = Self::of(path, file, faults);
        let mut state = chain.lock()?;
        state.file.lock()?;
        let lines = state.read_from(0, LineHash::first());
        let unlocked = state.file.unlock();
        let lines = lines?;
        unlocked?;
        drop(state);
        Ok((chain, lines))
    }

    fn of(path: &Path, file: File, faults: Faults) -> Self {
        let state = State { file, end: 0, last: LineHash::first() };
        Self { path: path.to_owned(), state: Arc::new(Mutex::new(state)), faults }
    }

    /// Adds a line, and waits until it would survive a loss of power. Returns its hash.
    pub(crate) fn append(&self, content: Map<String, Value>) -> Result<LineHash, ChainError> {
        self.append_unless(content, |_| false).map(|hash| hash.unwrap_or_else(LineHash::first))
    }

    /// Adds a line unless one of those that other processes have added meanwhile makes it needless.
    pub(crate) fn append_unless(
        &self,
        mut content: Map<String, Value>,
        known: impl Fn(&Line) -> bool,
    ) -> Result<Option<LineHash>, ChainError> {
        self.faults.point().map_err(|_| io::Error::other("a failure on purpose"))?;
        let mut state = self.lock()?;
        state.file.lock()?;
        let appended = (|| {
            let (end, last) = (state.end, state.last.clone());
            if state.read_from(end, last)?.iter().any(&known) {
                return Ok(None);
            }
            content.insert("previous".to_owned(), Value::String(state.last.0.clone()));
            let line = Value::Object(content).to_string();
            let end = state.end;
            let written = state.file.write_all(format!("{line}\n").as_bytes());
            if let Err(error) = written.and_then(|()| state.file.sync_data()) {
                // What was written of it must not stand before the next line.
                state.file.set_len(end).ok();
                return Err(error.into());
            }
            state.end += line.len() as u64 + 1;
            state.last = LineHash::of(&line);
            Ok(Some(state.last.clone()))
        })();
        state.file.unlock()?;
        appended
    }

    /// The hash of the last line that this process knows.
    pub(crate) fn head(&self) -> Result<LineHash, ChainError> {
        Ok(self.lock()?.last.clone())
    }

    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    fn lock(&self) -> Result<std::sync::MutexGuard<'_, State>, ChainError> {
        self.state.lock().map_err(|_| io::Error::other("a thread failed while it wrote the file").into())
    }
}

impl State {
    /// Reads and checks the lines from there on, and cuts off what has no newline.
    fn read_from(&mut self, start: u64, last: LineHash) -> Result<Vec<Line>, ChainError> {
        let len = self.file.metadata()?.len();
        if len < start {
            return Err(ChainError::Broken(0));
        }
        let mut text = String::new();
        if len > start {
            self.file.seek(SeekFrom::Start(start))?;
            let read = self.file.read_to_string(&mut text);
            read.map_err(|error| match error.kind() {
                io::ErrorKind::InvalidData => ChainError::Broken(0),
                _ => ChainError::Io(error),
            })?;
        }
        let whole = text.rfind('\n').map_or(0, |newline| newline + 1);
        let (text, torn) = text.split_at(whole);
        if !torn.is_empty() {
            self.file.set_len(start + whole as u64)?;
            self.file.sync_data()?;
        }
        let mut lines = Vec::new();
        self.last = last;
        for (number, line) in (1..).zip(text.lines()) {
            let content: Map<String, Value> =
                serde_json::from_str(line).map_err(|_| ChainError::Broken(number))?;
            if content.get("previous").and_then(Value::as_str) != Some(&self.last.0) {
                return Err(ChainError::Broken(number));
            }
            self.last = LineHash::of(line);
            lines.push(Line { content, hash: self.last.clone() });
        }
        self.end = start + whole as u64;
        Ok(lines)
    }
}

impl fmt::Debug for Chain {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Chain({})", self.path.display())
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::indexing_slicing)]
mod tests {
    use super::*;

    fn line(text: &str) -> Map<String, Value> {
        Map::from_iter([("at".to_owned(), Value::String(text.to_owned()))])
    }

    fn file() -> PathBuf {
        std::env::temp_dir().join(format!("nest-chain-{:016x}", rand::random::<u64>()))
    }

    #[test]
    fn two_that_add_to_one_file_make_one_chain() {
        let path = file();
        let first = Chain::create(&path, line("0"), Faults::default()).unwrap();
        let (second, lines) = Chain::open(&path, Faults::default()).unwrap();
        assert_eq!(lines.len(), 1);
        for n in 1..5 {
            first.append(line(&n.to_string())).unwrap();
            second.append(line("x")).unwrap();
        }
        let (_, lines) = Chain::open(&path, Faults::default()).unwrap();
        assert_eq!(lines.len(), 9);
        assert_eq!(lines[8].hash, second.head().unwrap());
        std::fs::remove_file(path).unwrap();
    }

    #[test]
    fn a_torn_line_is_cut_off_and_a_changed_one_is_found() {
        let path = file();
        let chain = Chain::create(&path, line("0"), Faults::default()).unwrap();
        for n in 1..4 {
            chain.append(line(&n.to_string())).unwrap();
        }
        let text = std::fs::read_to_string(&path).unwrap();
        std::fs::write(&path, format!("{text}{{\"at\":\"torn")).unwrap();
        let (chain, lines) = Chain::open(&path, Faults::default()).unwrap();
        assert_eq!(lines.len(), 4);
        chain.append(line("4")).unwrap();
        assert_eq!(Chain::open(&path, Faults::default()).unwrap().1.len(), 5);
        for changed in [
            text.replacen("\"1\"", "\"9\"", 1),
            text.lines().skip(1).fold(String::new(), |text, line| text + line + "\n"),
            text.lines().filter(|line| !line.contains("\"1\"")).fold(String::new(), |t, l| t + l + "\n"),
        ] {
            std::fs::write(&path, changed).unwrap();
            assert!(matches!(Chain::open(&path, Faults::default()), Err(ChainError::Broken(_))));
        }
        std::fs::remove_file(path).unwrap();
    }
}

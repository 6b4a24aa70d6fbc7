//! The erasure ledger: who was erased, outside both databases, so that a restored backup leaves erased people erased.

use std::collections::HashMap;
use std::fmt;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use serde_json::{Map, Value, json};

use crate::chain::{Chain, ChainError, Line, LineHash};
use crate::database::Faults;
use crate::day;
use crate::id::{Deployment, KeyId, Lookup};
use crate::reason::Reason;

const FORMAT: &str = "nest-vault-ledger-1";

/// One erasure, as the ledger keeps it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Erasure {
    pub(crate) person: Lookup,
    /// All keys of this and earlier lives are destroyed.
    pub(crate) life: u64,
    pub(crate) keys: Vec<KeyId>,
    pub(crate) reason: Reason,
    pub(crate) day: day::Day,
}

/// The ledger. Clones add to the same file.
#[derive(Clone, Debug)]
pub(crate) struct Ledger {
    chain: Chain,
    /// The last life of each person that is known to be in it.
    known: Arc<Mutex<HashMap<Lookup, u64>>>,
}

/// Why there is no ledger to work with.
#[derive(Debug)]
#[non_exhaustive]
pub enum LedgerError {
    /// There is no such file. Without it a restored backup could bring erased people back.
    Missing(PathBuf),
    /// The ledger is of another vault.
    OtherVault,
    /// A line was changed or removed.
    Broken(usize),
    /// The noted head is not in it: it is an older copy.
    Older,
    /// The file system refused.
    Io(io::Error),
}

impl fmt::Display for LedgerError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            LedgerError::Missing(path) => write!(
                f,
                "the erasure ledger {} is missing: restore it, or go on without with --accept-lost-ledger, after \
                 which a restored backup may bring erased people back",
                path.display()
            ),
            LedgerError::OtherVault => f.write_str("the erasure ledger is of another vault"),
            LedgerError::Broken(line) => {
                write!(f, "the erasure ledger is damaged: line {line} does not follow from the one before")
            }
            LedgerError::Older => {
                f.write_str("the erasure ledger is an older copy: the head that was noted is not in it")
            }
            LedgerError::Io(error) => write!(f, "the erasure ledger: {error}"),
        }
    }
}

impl std::error::Error for LedgerError {}

impl From<ChainError> for LedgerError {
    fn from(error: ChainError) -> Self {
        match error {
            ChainError::Io(error) => LedgerError::Io(error),
            ChainError::Broken(line) => LedgerError::Broken(line),
        }
    }
}

impl Ledger {
    pub(crate) fn create(path: &Path, deployment: Deployment, faults: Faults) -> Result<Self, LedgerError> {
        let first = json!({ "format": FORMAT, "deployment": deployment.to_string() });
        Ok(Self { chain: Chain::create(path, object(first), faults)?, known: Arc::default() })
    }

    /// Opens the ledger of this vault and reads who was erased, in order. `head` is the hash of a line that has to be
    /// there.
    pub(crate) fn open(
        path: &Path,
        deployment: Deployment,
        head: Option<&str>,
        faults: Faults,
    ) -> Result<(Self, Vec<Erasure>), LedgerError> {
        let opened = Chain::open(path, faults);
        let (chain, lines) = opened.map_err(|error| match error {
            ChainError::Io(error) if error.kind() == io::ErrorKind::NotFound => {
                LedgerError::Missing(path.to_owned())
            }
            other => other.into(),
        })?;
        let (first, lines) = lines.split_first().ok_or(LedgerError::Broken(1))?;
        if text(&first.content, "format") != Some(FORMAT) {
            return Err(LedgerError::Broken(1));
        }
        if text(&first.content, "deployment") != Some(&deployment.to_string()) {
            return Err(LedgerError::OtherVault);
        }
        let is_head = |line: &Line| Some(line.hash.0.as_str()) == head;
        if head.is_some() && !is_head(first) && !lines.iter().any(is_head) {
            return Err(LedgerError::Older);
        }
        let erasures = (2..).zip(lines).filter(|(_, line)| line.content.contains_key("erased"));
        let erasures = erasures
            .map(|(number, line)| read(&line.content).ok_or(LedgerError::Broken(number)))
            .collect::<Result<Vec<_>, _>>()?;
        let known = Arc::new(Mutex::new(lives(&erasures)));
        Ok((Self { chain, known }, erasures))
    }

    /// Writes an erasure down, unless it is there or another process has written it meanwhile. When this returns it is
    /// durable.
    pub(crate) fn erase(&self, erasure: &Erasure) -> Result<LineHash, LedgerError> {
        let mut lives = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        if lives.get(&erasure.person).is_some_and(|life| *life >= erasure.life) {
            return self.head();
        }
        let line = json!({
            "erased": erasure.person.to_string(),
            "life": erasure.life,
            "keys": erasure.keys.iter().map(KeyId::to_string).collect::<Vec<_>>(),
            "reason": erasure.reason.as_str(),
            "day": day::to_text(erasure.day),
            "days": erasure.day,
        });
        let known = |line: &Line| {
            read(&line.content)
                .is_some_and(|known| known.person == erasure.person && known.life >= erasure.life)
        };
        let written = self.chain.append_unless(object(line), known)?;
        lives.insert(erasure.person, erasure.life);
        match written {
            Some(hash) => Ok(hash),
            None => self.head(),
        }
    }

    /// The hash of the last line, to be noted elsewhere.
    pub(crate) fn head(&self) -> Result<LineHash, LedgerError> {
        Ok(self.chain.head()?)
    }

    pub(crate) fn path(&self) -> &Path {
        self.chain.path()
    }
}

/// The last life of each person that was erased.
pub(crate) fn lives(erasures: &[Erasure]) -> HashMap<Lookup, u64> {
    let mut lives = HashMap::new();
    for erasure in erasures {
        let life = lives.entry(erasure.person).or_insert(erasure.life);
        *life = erasure.life.max(*life);
    }
    lives
}

fn read(content: &Map<String, Value>) -> Option<Erasure> {
    let keys = content.get("keys")?.as_array()?;
    Some(Erasure {
        person: Lookup::from_hex(text(content, "erased")?)?,
        life: content.get("life")?.as_u64()?,
        keys: keys.iter().map(|key| KeyId::from_hex(key.as_str()?)).collect::<Option<_>>()?,
        reason: Reason::new(text(content, "reason")?).ok()?,
        day: content.get("days")?.as_i64()?,
    })
}

fn text<'a>(content: &'a Map<String, Value>, name: &str) -> Option<&'a str> {
    content.get(name).and_then(Value::as_str)
}

fn object(value: Value) -> Map<String, Value> {
    match value {
        Value::Object(map) => map,
        _ => Map::new(),
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn erasures_read_back_and_an_older_copy_is_told_by_the_head() {
        let path = std::env::temp_dir().join(format!("nest-ledger-{:016x}", rand::random::<u64>()));
        let here = Deployment::random();
        let open = |head: Option<&str>| Ledger::open(&path, here, head, Faults::default());
        assert!(matches!(open(None), Err(LedgerError::Missing(_))));
        let ledger = Ledger::create(&path, here, Faults::default()).unwrap();
        let erasure = |byte| Erasure {
            person: Lookup([byte; 16]),
            life: 1,
            keys: vec![KeyId::random()],
            reason: Reason::new("request").unwrap(),
            day: 20_000,
        };
        let (anna, ben) = (erasure(1), erasure(2));
        ledger.erase(&anna).unwrap();
        let older = std::fs::read(&path).unwrap();
        let head = ledger.erase(&ben).unwrap().0;
        assert_eq!(open(Some(&head)).unwrap().1, [anna.clone(), ben]);
        std::fs::write(&path, older).unwrap();
        assert!(matches!(open(Some(&head)), Err(LedgerError::Older)));
        assert_eq!(open(None).unwrap().1, [anna]);
        let other = Ledger::open(&path, Deployment::random(), None, Faults::default());
        assert!(matches!(other, Err(LedgerError::OtherVault)));
        std::fs::remove_file(path).unwrap();
    }
}

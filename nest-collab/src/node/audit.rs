//! What a node did, one line of JSON for each run that it took part in, refused or ended, and for each lie of the relay.

use std::fs::OpenOptions;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use serde_json::json;

use crate::envelope::RunId;
use crate::error::CollabError;

#[derive(Debug, Clone)]
pub(super) struct Audit(PathBuf);

impl Audit {
    pub(super) fn new(folder: &Path) -> Self {
        Self(folder.join("audit.jsonl"))
    }

    /// Adds a line. `why` is the text of an error, which carries no value.
    pub(super) fn note(&self, action: &str, run: Option<RunId>, why: &str) -> Result<(), CollabError> {
        let line = json!({ "at": now(), "action": action, "run": run, "why": why });
        let file = OpenOptions::new().create(true).append(true).open(&self.0);
        file.and_then(|mut file| file.write_all(format!("{line}\n").as_bytes())).map_err(|error| {
            CollabError::Settings(format!("{} cannot be written: {}", self.0.display(), error.kind()))
        })
    }
}

/// Seconds since 1970.
pub(super) fn now() -> u64 {
    SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).map_or(0, |time| time.as_secs())
}

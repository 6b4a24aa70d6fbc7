//! One line for each change that an organisation made: who, what, which run and step, and with which outcome.

use std::fs::{File, OpenOptions};
use std::io::Write as _;
use std::path::Path;
use std::sync::{Mutex, PoisonError};
use std::time::SystemTime;

use serde::Serialize;

use crate::envelope::RunId;
use crate::error::CollabError;
use crate::identity::OrgName;

/// The file of lines; without one nothing is written.
#[derive(Debug)]
pub(super) struct Audit(Option<Mutex<File>>);

/// One line. It holds names and numbers, and no content.
#[derive(Debug, Serialize)]
pub(super) struct Line<'a> {
    pub(super) org: &'a OrgName,
    pub(super) action: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) run: Option<RunId>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) step: Option<u16>,
    pub(super) outcome: &'static str,
}

#[derive(Serialize)]
struct Timed<'a> {
    at: u64,
    #[serde(flatten)]
    line: &'a Line<'a>,
}

impl Audit {
    pub(super) fn open(path: Option<&Path>) -> Result<Self, CollabError> {
        let Some(path) = path else { return Ok(Self(None)) };
        let file = OpenOptions::new().create(true).append(true).open(path);
        let file = file.map_err(|error| {
            CollabError::Settings(format!(
                "the audit file {} cannot be opened: {}",
                path.display(),
                error.kind()
            ))
        })?;
        Ok(Self(Some(Mutex::new(file))))
    }

    /// Writes a line. A line that cannot be written is an error: nothing is done unseen.
    pub(super) fn note(&self, line: &Line<'_>) -> std::io::Result<()> {
        let Some(file) = &self.0 else { return Ok(()) };
        let mut text = serde_json::to_vec(&Timed { at: now(), line })?;
        text.push(b'\n');
        file.lock().unwrap_or_else(PoisonError::into_inner).write_all(&text)
    }
}

/// Seconds since 1970.
pub(super) fn now() -> u64 {
    SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).map_or(0, |time| time.as_secs())
}

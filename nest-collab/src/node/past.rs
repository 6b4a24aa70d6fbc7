//! The runs that a node knows: which are under way, which ended, and how many there were in the last day.

use std::fs::{self, OpenOptions};
use std::io::Write as _;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use super::audit::now;
use crate::envelope::{CollabId, RunId};
use crate::error::CollabError;
use crate::identity::RunName;

/// The folder in which a node keeps its runs.
#[derive(Debug, Clone)]
pub(super) struct Past(PathBuf);

/// One line about a run.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Known {
    pub(super) run: RunId,
    pub(super) collab: CollabId,
    pub(super) name: RunName,
    pub(super) at: u64,
    /// `begun`, `done`, `failed` or `refused`.
    pub(super) state: String,
}

impl Past {
    pub(super) fn open(folder: &Path) -> Result<Self, CollabError> {
        fs::create_dir_all(folder).map_err(|error| failed(folder, &error))?;
        Ok(Self(folder.join("runs.jsonl")))
    }

    /// Adds a line, which is on the disk when this returns.
    pub(super) fn note(
        &self,
        run: RunId,
        collab: CollabId,
        name: &RunName,
        state: &str,
    ) -> Result<(), CollabError> {
        let known = Known { run, collab, name: name.clone(), at: now(), state: state.to_owned() };
        let mut line = serde_json::to_string(&known).unwrap_or_default();
        line.push('\n');
        let file = OpenOptions::new().create(true).append(true).open(&self.0);
        file.and_then(|mut file| file.write_all(line.as_bytes()).and_then(|()| file.sync_data()))
            .map_err(|error| failed(&self.0, &error))
    }

    fn lines(&self) -> Result<Vec<Known>, CollabError> {
        match fs::read_to_string(&self.0) {
            // A line that a crash cut off is left out.
            Ok(text) => Ok(text.lines().filter_map(|line| serde_json::from_str(line).ok()).collect()),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(Vec::new()),
            Err(error) => Err(failed(&self.0, &error)),
        }
    }

    /// The newest line about each run, in the order of their beginnings.
    pub(super) fn newest(&self) -> Result<Vec<Known>, CollabError> {
        let mut newest: Vec<Known> = Vec::new();
        for line in self.lines()? {
            match newest.iter_mut().find(|known| known.run == line.run) {
                Some(known) => known.state = line.state,
                None => newest.push(line),
            }
        }
        Ok(newest)
    }

    /// The run of a name that began and did not end here.
    pub(super) fn under_way(&self, collab: CollabId, name: &RunName) -> Result<Option<Known>, CollabError> {
        let mut of_name = self.newest()?;
        of_name.retain(|known| known.collab == collab && known.name == *name && known.state == "begun");
        Ok(of_name.pop())
    }

    /// How a run ended here; `None` where it is under way or not known.
    pub(super) fn ended(&self, run: RunId) -> Result<Option<String>, CollabError> {
        let known = self.newest()?.into_iter().find(|known| known.run == run);
        Ok(known.map(|known| known.state).filter(|state| state != "begun"))
    }

    /// How many other runs began in the last 24 hours.
    pub(super) fn of_the_day(&self, but: Option<RunId>) -> Result<u32, CollabError> {
        let since = now().saturating_sub(24 * 3600);
        let runs = self.newest()?.into_iter();
        let recent =
            runs.filter(|known| known.at >= since && Some(known.run) != but && known.state != "refused");
        Ok(u32::try_from(recent.count()).unwrap_or(u32::MAX))
    }
}

fn failed(path: &Path, error: &std::io::Error) -> CollabError {
    CollabError::Settings(format!("{} cannot be used: {}", path.display(), error.kind()))
}

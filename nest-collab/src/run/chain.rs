//! Steps that build on each other: a later one starts only where the earlier one succeeded at every party.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

use super::Run;
use super::session::REPORT;
use crate::error::CollabError;

/// How a step ended at a party.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Report {
    version: u32,
    ok: bool,
}

/// The steps of a run that leave versioned data for each other.
///
/// Every party works on a step, then tells all others how it ended. Where it failed at one, no party goes on, and all of
/// them may work on it once more: then all of them make the next version. A step that succeeded is never repeated after a
/// restart.
#[derive(Debug)]
pub struct Chain<'r> {
    run: &'r Run,
    wait: Duration,
    /// The newest version of each step whose end this process told the others.
    told: Mutex<HashMap<u16, u32>>,
}

impl<'r> Chain<'r> {
    /// The steps of a run. How a step ended at the others is waited for so long.
    pub fn new(run: &'r Run, wait: Duration) -> Self {
        Self { run, wait, told: Mutex::default() }
    }

    /// Works on a version of a step, from 1, and waits until every party did. The work returns what the step leaves.
    ///
    /// # Errors
    ///
    /// [`CollabError::Refused`] that names the party and step where it failed, the error of the work, and
    /// [`CollabError::Absent`] where a party does not tell in time. Earlier versions are kept.
    pub async fn step<F>(&self, step: u16, version: u32, work: F) -> Result<Zeroizing<Vec<u8>>, CollabError>
    where
        F: Future<Output = Result<Zeroizing<Vec<u8>>, CollabError>>,
    {
        let journal = &self.run.link.journal;
        let before = step.checked_sub(1).filter(|before| *before > 0);
        if let Some(before) = before.filter(|before| self.newest(*before).is_none()) {
            return Err(CollabError::Refused(format!(
                "step {step} needs step {before}, which is not done here"
            )));
        }
        let (status, data) = (format!("status/{step}/{version}"), format!("data/{step}/{version}"));
        let (ok, failure) = match journal.get(&status).as_deref().map(Vec::as_slice) {
            Some(b"done") => (true, None),
            Some(_) => (false, None),
            None => match work.await {
                Ok(left) => {
                    journal.put(&data, &left)?;
                    journal.put(&status, b"done")?;
                    (true, None)
                }
                Err(error) => {
                    journal.put(&status, b"failed")?;
                    (false, Some(error))
                }
            },
        };
        let others = (0..self.run.names().len()).filter(|place| *place != self.run.place());
        self.tell(step, version, others.clone()).await?;
        let mut failed = None;
        for place in others {
            let report = self.report(step, version, place).await?;
            if !report.ok {
                failed = failed.or_else(|| self.run.names().get(place));
            }
        }
        match (failure, failed) {
            (Some(error), _) => Err(error),
            (None, Some(party)) => Err(CollabError::Refused(format!("{party}: failed at {step}"))),
            (None, None) if !ok => Err(CollabError::Refused(format!("step {step} failed here"))),
            (None, None) => {
                journal.put(&format!("newest/{step}"), &version.to_be_bytes())?;
                journal
                    .get(&data)
                    .ok_or_else(|| CollabError::Damaged("the data of the step is gone".to_owned()))
            }
        }
    }

    /// Tells the others how a version ended, after the versions before it: messages of a step come in order.
    async fn tell(
        &self,
        step: u16,
        version: u32,
        others: impl Iterator<Item = usize> + Clone,
    ) -> Result<(), CollabError> {
        let told = |version: Option<u32>| {
            let mut told = self.told.lock().unwrap_or_else(PoisonError::into_inner);
            let newest = told.entry(step).or_insert(0);
            *newest = version.unwrap_or(*newest);
            *newest
        };
        for version in told(None).saturating_add(1)..=version {
            let status = self.run.link.journal.get(&format!("status/{step}/{version}"));
            let ok = status.as_deref().map(Vec::as_slice) == Some(b"done");
            let report = serde_json::to_vec(&Report { version, ok }).unwrap_or_default();
            for place in others.clone() {
                self.run.send(REPORT | step, place, &report).await?;
            }
            told(Some(version));
        }
        Ok(())
    }

    async fn report(&self, step: u16, version: u32, from: usize) -> Result<Report, CollabError> {
        let mut report = self.next_report(step, from).await?;
        // Earlier versions are told again after a restart.
        while report.version < version {
            report = self.next_report(step, from).await?;
        }
        if report.version > version {
            let name = self.run.names().get(from).map_or("", String::as_str);
            return Err(CollabError::Refused(format!(
                "{name}: is at version {} of step {step}, and this party at {version}",
                report.version
            )));
        }
        Ok(report)
    }

    async fn next_report(&self, step: u16, from: usize) -> Result<Report, CollabError> {
        let bytes = self.run.receive(REPORT | step, from, self.wait).await?;
        let party = || self.run.party(from).map(|party| party.name().clone());
        let Some(bytes) = bytes else {
            let party = party().unwrap_or_else(|| self.run.link.org.name().clone());
            return Err(CollabError::Absent { party, step });
        };
        let name = party().map_or_else(String::new, |name| name.to_string());
        serde_json::from_slice(&bytes)
            .map_err(|_| CollabError::Damaged(format!("`{name}` did not tell how step {step} ended")))
    }

    /// The newest version of a step that succeeded at every party.
    pub fn newest(&self, step: u16) -> Option<u32> {
        let bytes = self.run.link.journal.get(&format!("newest/{step}"))?;
        bytes.as_slice().try_into().ok().map(u32::from_be_bytes)
    }

    /// What a version of a step left.
    pub fn data(&self, step: u16, version: u32) -> Option<Zeroizing<Vec<u8>>> {
        self.run.link.journal.get(&format!("data/{step}/{version}"))
    }
}

//! What an algorithm gets of a run: messages by step and name, and a store. It sees no key, no relay and no file.

use std::time::Duration;

use serde::Serialize;
use serde::de::DeserializeOwned;
use zeroize::Zeroizing;

use super::Run;
use crate::error::CollabError;
use crate::identity::OrgName;

/// A run as an algorithm sees it.
#[derive(Debug, Clone, Copy)]
pub struct StepHandle<'r> {
    run: &'r Run,
    wait: Duration,
}

impl Run {
    /// The run as an algorithm sees it. A message of a step is waited for so long.
    pub fn handle(&self, wait: Duration) -> StepHandle<'_> {
        StepHandle { run: self, wait }
    }
}

impl StepHandle<'_> {
    /// This organisation.
    pub fn me(&self) -> &OrgName {
        self.run.link.org.name()
    }

    /// The parties, in the order of the terms.
    pub fn parties(&self) -> &[OrgName] {
        &self.run.terms.parties
    }

    fn place(&self, name: &OrgName) -> Result<usize, CollabError> {
        let place = self.run.terms.parties.iter().position(|party| party == name);
        place.ok_or_else(|| CollabError::Refused(format!("`{name}` is no party of the run")))
    }

    /// Sends a message of a step to a party.
    ///
    /// # Errors
    ///
    /// As [`Run::send`].
    pub async fn send<M: Serialize>(&self, step: u16, to: &OrgName, message: &M) -> Result<(), CollabError> {
        let bytes = serde_json::to_vec(message).map(Zeroizing::new);
        let bytes =
            bytes.map_err(|_| CollabError::Refused("the message cannot be written as JSON".to_owned()))?;
        self.run.send(step, self.place(to)?, &bytes).await
    }

    /// Waits for the next message of a step from a party.
    ///
    /// # Errors
    ///
    /// As [`Run::receive`], [`CollabError::Absent`] where it does not come in time, and [`CollabError::Damaged`] where it
    /// is another kind of message.
    pub async fn recv<M: DeserializeOwned>(&self, step: u16, from: &OrgName) -> Result<M, CollabError> {
        let bytes = self.run.receive(step, self.place(from)?, self.wait).await?;
        let bytes = bytes.ok_or_else(|| CollabError::Absent { party: from.clone(), step })?;
        serde_json::from_slice(&bytes).map_err(|_| {
            CollabError::Damaged(format!("the message of `{from}` in step {step} is of another kind"))
        })
    }

    /// Keeps bytes in the store of the run, in place of those before.
    ///
    /// # Errors
    ///
    /// As [`Journal::put`](super::Journal::put).
    pub fn put(&self, name: &str, bytes: &[u8]) -> Result<(), CollabError> {
        self.run.link.journal.put(&format!("kept/{name}"), bytes)
    }

    /// What was kept.
    pub fn get(&self, name: &str) -> Option<Zeroizing<Vec<u8>>> {
        self.run.link.journal.get(&format!("kept/{name}"))
    }
}

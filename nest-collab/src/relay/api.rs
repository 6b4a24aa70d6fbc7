//! What the relay and its callers tell each other, as JSON. Messages themselves are bytes.

use serde::{Deserialize, Serialize};

use crate::directory::{Entry, EntryHash, Head};
use crate::envelope::{CollabId, RunId};
use crate::identity::{IdentityKey, OrgId, OrgName, RunName};

/// An organisation, as the relay knows it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Organization {
    /// Its name.
    pub name: OrgName,
    /// Its identity.
    pub identity: IdentityKey,
    /// The fingerprint of both.
    pub fingerprint: OrgId,
}

/// An organisation that the operator of the relay admits.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NewOrganization {
    /// Its name.
    pub name: OrgName,
    /// Its identity.
    pub identity: IdentityKey,
    /// SHA-256 of its token, as hexadecimal digits.
    pub token_sha256: EntryHash,
}

/// Part of the directory, with the newest entry of the whole.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DirectoryPage {
    /// The newest entry.
    pub head: Head,
    /// The entries after the number that was asked for, at most 500.
    pub entries: Vec<Entry>,
}

/// Organisations that compute together.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Collaboration {
    /// Its number.
    pub id: CollabId,
    /// Its parties.
    pub parties: Vec<OrgName>,
}

/// Where a run is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RunState {
    /// Messages are taken.
    Open,
    /// Every party is done.
    Done,
    /// It failed at a party.
    Failed,
    /// A party cancelled it, or its time is over.
    Cancelled,
}

/// A run, as the relay knows it: no terms, no fields, no results.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RunRecord {
    /// Its number.
    pub id: RunId,
    /// Its collaboration.
    pub collab: CollabId,
    /// The name that people gave it.
    pub name: RunName,
    /// Who started it.
    pub starter: OrgName,
    /// Its parties, in the order of its terms.
    pub parties: Vec<OrgName>,
    /// Where it is.
    pub state: RunState,
    /// The party that ended it.
    #[serde(default)]
    pub ended_by: Option<OrgName>,
    /// The step at which that party ended it.
    #[serde(default)]
    pub ended_at: Option<u16>,
    /// Seconds since 1970 after which it is cancelled.
    pub expires: u64,
}

/// How a party ends a run.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Outcome {
    /// `done`, `failed` or `cancelled`. A run is done when every party said so.
    pub state: RunState,
    /// At which step.
    pub step: u16,
}

/// One message for the caller.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MailItem {
    /// Its number at the relay.
    pub id: u64,
    /// The envelope, in base64.
    pub envelope: String,
}

/// Messages for the caller, and where the run that was asked for is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Mailbox {
    /// The messages, the oldest first.
    pub messages: Vec<MailItem>,
    /// The run, where one was asked for.
    #[serde(default)]
    pub run: Option<RunRecord>,
}

/// Why the relay refused.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Problem {
    /// A code that stays the same between versions.
    pub code: String,
    /// What to do, in words.
    pub message: String,
}

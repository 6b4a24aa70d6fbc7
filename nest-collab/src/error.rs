//! Why organisations could not compute together, in words for the person who has to do something about it.

use std::fmt;

use crate::envelope::EnvelopeError;
use crate::identity::OrgName;

/// Why something was not done. No variant carries a key, a message or a value of a record.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum CollabError {
    /// A policy, a pin or a term does not allow it.
    Refused(String),
    /// A setting or a file of settings is missing or contradicts another.
    Settings(String),
    /// A key is the wrong one, or something was changed.
    Damaged(String),
    /// The relay does not answer, or has no room.
    Unavailable(String),
    /// The run ended before its end: it failed somewhere, or was cancelled.
    Aborted(String),
    /// A party did not send its message of a step in time.
    Absent {
        /// The party.
        party: OrgName,
        /// The step.
        step: u16,
    },
    /// Two parties do not agree about the terms of the run.
    TermsDiffer {
        /// The other party.
        party: OrgName,
        /// Which term differs.
        term: String,
    },
    /// A message of a party did not verify. The step did not see it.
    Envelope {
        /// The party that the message names as its sender; `None` where it names none that is known.
        party: Option<OrgName>,
        /// What is wrong with it.
        error: EnvelopeError,
    },
}

impl fmt::Display for CollabError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            CollabError::Refused(what)
            | CollabError::Settings(what)
            | CollabError::Damaged(what)
            | CollabError::Unavailable(what)
            | CollabError::Aborted(what) => f.write_str(what),
            CollabError::Absent { party, step } => {
                write!(f, "`{party}` did not send its message of step {step} in time")
            }
            CollabError::TermsDiffer { party, term } => {
                write!(f, "`{party}` has other terms for this run: `{term}` differs")
            }
            CollabError::Envelope { party: Some(party), error } => {
                write!(f, "a message that names `{party}` as its sender was refused: {error}")
            }
            CollabError::Envelope { party: None, error } => {
                write!(f, "a message of an unknown sender was refused: {error}")
            }
        }
    }
}

impl std::error::Error for CollabError {}

impl CollabError {
    /// The exit code of the command: 1 refused, 2 settings, 3 wrong key or damage, 4 unavailable, 5 run aborted.
    pub fn exit_code(&self) -> u8 {
        match self {
            CollabError::Refused(_) | CollabError::TermsDiffer { .. } => 1,
            CollabError::Settings(_) => 2,
            CollabError::Damaged(_) | CollabError::Envelope { .. } => 3,
            CollabError::Unavailable(_) => 4,
            CollabError::Aborted(_) | CollabError::Absent { .. } => 5,
        }
    }
}

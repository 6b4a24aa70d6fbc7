//! What a program asks of its node, and what it is answered: one line of JSON each.
//!
//! The JSON Schema of both is `docs/collab-program.schema.json`.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value as Json};

use super::results::Claim;

/// The longest line that a program may write: 8 MiB.
pub(crate) const LONGEST_LINE: usize = 8 << 20;

/// One request of a program.
///
/// No `Debug`: messages and kept values may be about people.
#[derive(Clone, PartialEq, Deserialize)]
#[serde(tag = "do", rename_all = "lowercase", deny_unknown_fields)]
#[non_exhaustive]
pub enum Request {
    /// Records of the party, a page at a time.
    Read {
        /// The fields.
        fields: Vec<String>,
        /// How many records to skip.
        #[serde(default)]
        after: u64,
        /// The most records of the answer.
        #[serde(default = "page")]
        limit: u64,
    },
    /// A message of a step to another party.
    Send {
        /// The step.
        step: u16,
        /// The name of the party.
        to: String,
        /// The message.
        message: Json,
    },
    /// The message of a step from another party, once it is there.
    Receive {
        /// The step.
        step: u16,
        /// The name of the party.
        from: String,
    },
    /// Keeps a value in the store of the run, in a new version.
    Put {
        /// The name.
        name: String,
        /// The value.
        value: Json,
    },
    /// The newest version of what was kept under a name.
    Take {
        /// The name.
        name: String,
    },
    /// The program has ended its step.
    Done {
        /// What it found, to be released by the policy of the node.
        #[serde(default)]
        results: Vec<Claim>,
    },
}

fn page() -> u64 {
    1_000
}

/// One answer to a program: one line, with one key that says which.
#[derive(Clone, PartialEq, Serialize)]
#[serde(rename_all = "lowercase")]
#[non_exhaustive]
pub enum Answer {
    /// To `read`.
    Read {
        /// The records.
        records: Vec<Map<String, Json>>,
        /// What to write as `after` for the next page; `null` after the last.
        next: Option<u64>,
    },
    /// To `send`.
    Sent {},
    /// To `receive`.
    Received {
        /// The message.
        message: Json,
    },
    /// To `put`.
    Kept {
        /// The version, from 1.
        version: u64,
    },
    /// To `take`.
    Taken {
        /// The value; `null` where there is none.
        value: Option<Json>,
    },
    /// To `done`: the program may end now.
    Done {},
    /// The request was refused. The program may go on.
    Refused {
        /// Why.
        reason: String,
    },
}

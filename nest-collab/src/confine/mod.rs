//! Programs that compute a step outside the node: confined, and spoken to in lines of JSON.
//!
//! A step may be any program, Python included. The node starts the launcher `nest-confine`, which confines itself and
//! then replaces itself by the program. The program writes in its run's directory alone, reads and executes listed paths
//! alone, has no network, no other process, no environment and no keys, and ends when its time or its memory is over.
//! Everything else it asks of the node: records, messages of the run, and what it keeps between steps.
//!
//! # What this does not promise
//!
//! The program sees the records that it was given, and can send what it likes to the parties of the run: the policy of
//! the node says which fields it may read, and people decide which programs they run. It can fill the disk that its
//! directory lies on. The confinement is that of the kernel, and holds as far as the kernel has no faults.

mod filter;
mod launch;
mod paths;
mod program;
mod protocol;
mod results;
mod steps;

pub use launch::{Launch, LaunchError};
pub use program::{Program, ProgramError};
pub use protocol::{Answer, Request};
pub use results::{Claim, ClaimError, RawClaim};
pub use steps::{Refusal, StepRecords, Steps};

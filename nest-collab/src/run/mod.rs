//! A run: the terms that all parties agree about, the messages of its steps, and what survives a crash.

mod chain;
mod handle;
mod inbox;
mod journal;
mod party;
mod session;
mod sum_terms;
mod sums;
mod terms;

pub use chain::Chain;
pub use handle::StepHandle;
pub use journal::Journal;
pub use party::Party;
pub use session::Run;
pub use sum_terms::{Minima, SECURE_SUM};
pub use terms::{FieldTerms, StepTerms, Terms};

pub(crate) use session::{ANSWER, INVITATION, Invitation, Link};

#[cfg(test)]
pub(crate) use terms::example;

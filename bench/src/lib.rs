//! What nest costs, measured side by side: always two ways of doing the same, in turns, in one run, so that what else
//! the machine does falls on both.

mod clock;
pub mod curve;
pub mod exchange;
mod machine;
mod memory;
mod report;
mod spread;
mod table;
mod took;

pub use machine::Machine;
pub use report::Report;
pub use spread::Spread;
pub use table::Table;
pub use took::{Stopwatch, Took};

pub(crate) use report::{Aim, Part, Row};

/// Why something could not be measured.
pub type Failure = Box<dyn std::error::Error + Send + Sync>;

/// How often to measure.
#[derive(Debug, Clone, Copy)]
pub struct Settings {
    /// The most rounds of each measurement: one is enough for a look.
    pub rounds: usize,
}

impl Default for Settings {
    fn default() -> Self {
        Self { rounds: usize::MAX }
    }
}

impl Settings {
    /// So many rounds, unless fewer are asked for.
    pub(crate) fn rounds(self, usual: usize) -> usize {
        usual.min(self.rounds).max(1)
    }
}

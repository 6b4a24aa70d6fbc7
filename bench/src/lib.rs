//! What nest costs, measured side by side: always two ways of doing the same, alternately, in one run, so that what
//! else the machine does falls on both.

pub mod exchange;
mod machine;
mod spread;
mod table;
mod took;

pub use machine::Machine;
pub use spread::Spread;
pub use table::{Aim, Row, Table};
pub use took::{Stopwatch, Took};

/// Why something could not be measured.
pub type Failure = Box<dyn std::error::Error + Send + Sync>;

//! What stands for a transcryption until one is chosen, and what says so where none was.

use nest_core::Transcryption;

/// The type parameter of a builder that has no transcryption yet.
#[derive(Debug, Clone, Copy, Default)]
pub struct NoTranscryption;

/// A transcryption that was given to a builder. Every [`Transcryption`] is one. The trait exists for the compiler's
/// message where none was given yet.
#[diagnostic::on_unimplemented(
    message = "no transcryption was given yet",
    label = "call `.transcryption(…)` before this",
    note = "the order is: `builder`, `transcryption`, of a data source `activity` for each, then `build`"
)]
pub trait ChosenTranscryption: Transcryption {}

impl<T: Transcryption> ChosenTranscryption for T {}

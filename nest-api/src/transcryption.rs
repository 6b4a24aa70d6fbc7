//! What stands for a transcryption until one is chosen.

/// In the place of a transcryption that has not been chosen yet.
#[derive(Debug, Clone, Copy, Default)]
pub struct NoTranscryption;

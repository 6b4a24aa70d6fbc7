//! All that is wrong with the settings, to be read by whoever writes them.

use std::fmt;

/// What is wrong with the settings: every fault, each with the name of its key and what to write instead, never
/// with a value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConfigError {
    faults: Vec<String>,
}

impl ConfigError {
    pub(super) fn new(faults: Vec<String>) -> Self {
        Self { faults }
    }

    pub(super) fn one(fault: String) -> Self {
        Self { faults: vec![fault] }
    }

    /// The faults, one line each.
    pub fn faults(&self) -> &[String] {
        &self.faults
    }
}

impl fmt::Display for ConfigError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.faults.join("\n"))
    }
}

impl std::error::Error for ConfigError {}

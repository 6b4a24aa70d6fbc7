//! What the command says when it fails, and with which exit code.

use std::fmt;

/// Why a command was not carried out.
#[derive(Debug)]
pub(crate) enum Failure {
    /// It was refused.
    Refused(String),
    /// A setting is missing or wrong.
    Settings(String),
    /// It was carried out, and found what is wrong.
    Damage(String),
    /// Something does not answer.
    Unavailable(String),
}

impl Failure {
    pub(crate) fn code(&self) -> u8 {
        match self {
            Failure::Refused(_) => 1,
            Failure::Settings(_) => 2,
            Failure::Damage(_) => 3,
            Failure::Unavailable(_) => 4,
        }
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Failure::Refused(what)
            | Failure::Settings(what)
            | Failure::Damage(what)
            | Failure::Unavailable(what) => f.write_str(what),
        }
    }
}

/// A failure of something that should answer.
pub(crate) fn unavailable(error: impl fmt::Display) -> Failure {
    Failure::Unavailable(error.to_string())
}

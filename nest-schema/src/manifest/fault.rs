//! What is wrong with a manifest: every fault at once, each with its place.

use std::fmt;

/// A manifest was not read, or is not kept.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum ManifestError {
    /// It has faults: all of them.
    Faults(Vec<ManifestFault>),
    /// It has no field of that name.
    NoSuchField(String),
    /// This process keeps as many manifests as it may: 4,096 of them, and 64 MiB.
    Full,
}

/// One fault of a manifest.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ManifestFault {
    /// Where it is: `fields[2] visits, max`; empty where it is the whole.
    pub place: String,
    /// What is wrong, and what to write instead.
    pub message: String,
}

impl ManifestError {
    /// The faults; none where it is not read for another reason.
    pub fn faults(&self) -> &[ManifestFault] {
        match self {
            ManifestError::Faults(faults) => faults,
            ManifestError::NoSuchField(_) | ManifestError::Full => &[],
        }
    }
}

impl fmt::Display for ManifestFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.place.is_empty() {
            f.write_str(&self.message)
        } else {
            write!(f, "{}: {}", self.place, self.message)
        }
    }
}

impl fmt::Display for ManifestError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            ManifestError::Faults(faults) => {
                for (i, fault) in faults.iter().enumerate() {
                    write!(f, "{}{fault}", if i == 0 { "" } else { "\n" })?;
                }
                Ok(())
            }
            ManifestError::NoSuchField(name) => write!(f, "the manifest has no field `{name}`"),
            ManifestError::Full => {
                f.write_str("this process keeps as many manifests as it may (4,096, and 64 MiB)")
            }
        }
    }
}

impl std::error::Error for ManifestError {}

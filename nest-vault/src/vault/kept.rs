//! The one thing that a team writes for an activity: how its progress follows from counts.

use nest_core::Fingerprint;
use nest_source::Activity;

use crate::store::{Counts, Version};

/// An activity whose records a vault keeps.
///
/// ```
/// use nest_source::prelude::*;
/// use nest_vault::{Kept, KeptCounts};
///
/// #[derive(PepRecord)]
/// #[pep(activity = "reading-test", max_blocks = 2)]
/// struct Score {
///     #[pep(pseudonym)]
///     pupil: Pseudonym,
///     #[pep(range = 0..=100)]
///     points: u8,
/// }
///
/// #[derive(PepRecord)]
/// #[pep(activity = "reading-test", kind = "progress", max_blocks = 1)]
/// struct TestsTaken {
///     #[pep(range = 0..=255)]
///     tests: u8,
/// }
///
/// impl Activity for Score {
///     type Progress = TestsTaken;
///     type Outcome = Score;
/// }
///
/// impl Kept for Score {
///     fn progress(kept: &KeptCounts) -> TestsTaken {
///         TestsTaken { tests: u8::try_from(kept.outcomes).unwrap_or(u8::MAX) }
///     }
/// }
/// ```
pub trait Kept: Activity {
    /// How far somebody is, from how much is kept about them. Nothing is opened for it.
    fn progress(kept: &KeptCounts) -> Self::Progress;
}

/// How much is kept about somebody in an activity: counts, and no values.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct KeptCounts {
    /// Whether they were given the activity's record.
    pub given: bool,
    /// How many outcomes can be asked for, from page 0.
    pub outcomes: u16,
    /// How many outcomes were about people who are erased. They have no pages.
    pub erased: u16,
}

impl From<Counts> for KeptCounts {
    fn from(counts: Counts) -> Self {
        let number = |count: usize| u16::try_from(count).unwrap_or(u16::MAX);
        Self { given: counts.given, outcomes: number(counts.outcomes), erased: number(counts.erased) }
    }
}

/// A record that was read.
#[derive(Debug, Clone, PartialEq)]
pub struct Stored<R> {
    /// The record, as far as it is there.
    pub record: Opened<R>,
    /// Its version, to update it by.
    pub version: Version,
    /// The content fingerprint of the declaration that it was written by.
    pub declared: Fingerprint,
}

/// A record, as far as it is there.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub enum Opened<R> {
    /// All of it.
    Whole(R),
    /// Some of the people in it are erased.
    Partly {
        /// The record, with random pseudonyms where somebody is erased.
        record: R,
        /// The fields of those who are.
        erased: Vec<String>,
    },
    /// The person whom it was about is erased.
    Erased,
}

impl<R> Opened<R> {
    /// The record, where anything of it is left.
    pub fn record(&self) -> Option<&R> {
        match self {
            Opened::Whole(record) | Opened::Partly { record, .. } => Some(record),
            Opened::Erased => None,
        }
    }
}

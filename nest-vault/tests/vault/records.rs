//! The records of the tests: every way of keeping a field, and records about several people.

use nest_core::time::Month;
use nest_source::prelude::*;
use nest_vault::{Kept, KeptCounts};

#[derive(Debug, Clone, PartialEq, PepRecord)]
#[pep(max_blocks = 2, max_bits = 128)]
pub(crate) struct Info {
    #[pep(range = 0..=120)]
    pub(crate) age: u8,
    #[pep(max_bytes = 15)]
    pub(crate) remark: String,
}

/// What is given to somebody: no pseudonym in it.
#[derive(Debug, Clone, PartialEq, PepRecord)]
#[pep(activity = "walk", max_blocks = 8, max_bits = 512)]
pub(crate) struct Walk {
    #[pep(range = 0..=100_000)]
    pub(crate) steps: u32,
    #[pep(at_rest = "plain")]
    pub(crate) ground: Ground,
    #[pep(at_rest = "plain", range = "2020-01"..="2030-12", absent)]
    pub(crate) month: Option<Month>,
    #[pep(at_rest = "plain", range = 0..=9)]
    pub(crate) level: u8,
    #[pep(max_bytes = 31, at_rest = "alone")]
    pub(crate) note: String,
    #[pep(max_bytes = 15)]
    pub(crate) remark: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PepEnum)]
pub(crate) enum Ground {
    Sand,
    Grass,
}

#[derive(Debug, Clone, PartialEq, PepRecord)]
#[pep(activity = "walk", kind = "progress", max_blocks = 3, max_bits = 64)]
pub(crate) struct Progress {
    pub(crate) given: bool,
    #[pep(range = 0..=255)]
    pub(crate) outcomes: u8,
    #[pep(range = 0..=255)]
    pub(crate) erased: u8,
}

/// An outcome: about the pupil, seen by a teacher, walked with others.
#[derive(Debug, Clone, PartialEq, PepRecord)]
#[pep(activity = "walk", max_blocks = 8, max_bits = 256)]
pub(crate) struct Walked {
    #[pep(pseudonym, subject)]
    pub(crate) pupil: Pseudonym,
    #[pep(pseudonym)]
    pub(crate) teacher: Pseudonym,
    #[pep(pseudonym)]
    pub(crate) with: [Pseudonym; 3],
    #[pep(range = 0..=100_000)]
    pub(crate) metres: u32,
    #[pep(max_bytes = 15)]
    pub(crate) remark: String,
}

impl Activity for Walk {
    type Progress = Progress;
    type Outcome = Walked;
}

impl Kept for Walk {
    fn progress(kept: &KeptCounts) -> Progress {
        Progress { given: kept.given, outcomes: kept.outcomes as u8, erased: kept.erased as u8 }
    }
}

pub(crate) fn info(age: u8) -> Info {
    Info { age, remark: format!("is {age}") }
}

pub(crate) fn walk(steps: u32) -> Walk {
    Walk {
        steps,
        ground: if steps.is_multiple_of(2) { Ground::Sand } else { Ground::Grass },
        month: steps.is_multiple_of(3).then(|| "2025-07".parse().unwrap()),
        level: (steps % 10) as u8,
        note: format!("a note of {steps}"),
        remark: format!("remark {}", steps % 1000),
    }
}

pub(crate) fn walked(pupil: Pseudonym, teacher: Pseudonym, with: [Pseudonym; 3], metres: u32) -> Walked {
    Walked { pupil, teacher, with, metres, remark: format!("walked {metres}") }
}

/// One activity before and after its first field was sealed.
pub(crate) mod before {
    use super::*;

    #[derive(Debug, Clone, PartialEq, PepRecord)]
    #[pep(activity = "day", max_blocks = 2, max_bits = 32)]
    pub(crate) struct Day {
        #[pep(range = 0..=100, at_rest = "plain")]
        pub(crate) mood: u8,
        #[pep(range = 0..=100, at_rest = "plain")]
        pub(crate) sleep: u8,
    }

    impl Activity for Day {
        type Progress = DayProgress;
        type Outcome = Day;
    }
}

/// As in [`before`], sealed otherwise.
pub(crate) mod after {
    use super::*;

    #[derive(Debug, Clone, PartialEq, PepRecord)]
    #[pep(activity = "day", max_blocks = 2, max_bits = 32)]
    pub(crate) struct Day {
        #[pep(range = 0..=100, at_rest = "alone")]
        pub(crate) mood: u8,
        #[pep(range = 0..=100)]
        pub(crate) sleep: u8,
    }

    impl Activity for Day {
        type Progress = DayProgress;
        type Outcome = Day;
    }
}

/// As in [`before`], with other bounds: what is kept reads otherwise.
pub(crate) mod otherwise {
    use super::*;

    #[derive(Debug, Clone, PartialEq, PepRecord)]
    #[pep(activity = "day", max_blocks = 2, max_bits = 32)]
    pub(crate) struct Day {
        #[pep(range = 0..=200)]
        pub(crate) mood: u8,
        #[pep(range = 0..=100)]
        pub(crate) sleep: u8,
    }

    impl Activity for Day {
        type Progress = DayProgress;
        type Outcome = Day;
    }
}

#[derive(Debug, Clone, PartialEq, PepRecord)]
#[pep(activity = "day", kind = "progress", max_blocks = 1, max_bits = 1)]
pub(crate) struct DayProgress {
    pub(crate) given: bool,
}

//! The records that are measured.

use nest_core::prelude::*;

/// As the example school has it: 2 pseudonyms and 6 attributes of few values.
#[derive(Clone, PepRecord)]
#[pep(max_blocks = 8)]
pub struct Assessment {
    #[pep(pseudonym)]
    pupil: Pseudonym,
    #[pep(pseudonym)]
    teacher: Pseudonym,
    grade: Label,
    class_type: Label,
    school_type: Label,
    #[pep(absent)]
    free_lunch: Option<bool>,
    #[pep(range = 288..=775, absent = 0)]
    reading: Option<u16>,
    #[pep(range = 288..=775, absent = 0)]
    math: Option<u16>,
}

#[derive(Clone, Copy, PepEnum)]
enum Label {
    First,
    Second,
    Third,
    Fourth,
}

impl Label {
    fn some(seed: u16) -> Self {
        match seed % 4 {
            0 => Self::First,
            1 => Self::Second,
            2 => Self::Third,
            _ => Self::Fourth,
        }
    }
}

impl Assessment {
    /// One of many, of new people.
    pub fn some(seed: u16) -> Self {
        Self {
            pupil: Pseudonym::random(),
            teacher: Pseudonym::random(),
            grade: Label::some(seed),
            class_type: Label::some(seed / 4),
            school_type: Label::some(seed / 16),
            // Always there: libpep knows no `bool` that is absent, and would stop there.
            free_lunch: Some(seed.is_multiple_of(2)),
            reading: (!seed.is_multiple_of(5)).then_some(288 + seed % 488),
            math: (!seed.is_multiple_of(7)).then_some(288 + seed / 2 % 488),
        }
    }
}

/// Free text.
#[derive(Clone, PepRecord)]
#[pep(max_blocks = 4, max_bits = 504)]
pub(super) struct Remark {
    #[pep(max_bytes = 63)]
    remark: String,
}

impl Remark {
    pub(super) fn some(seed: u16) -> Self {
        Self { remark: format!("remark number {seed:5}, of two blocks") }
    }
}

/// As many blocks as asked for.
#[derive(Clone, PepRecord)]
#[pep(max_blocks = 64, max_bits = 448)]
pub(super) struct Numbers<const N: usize> {
    #[pep(range = 0..=100)]
    numbers: [u8; N],
}

impl<const N: usize> Numbers<N> {
    pub(super) fn some() -> Self {
        Self { numbers: [50; N] }
    }
}

/// A measurement of somebody: the least that a record of use can hold, so that a hundred thousand take seconds.
#[derive(Clone, PepRecord)]
#[pep(max_blocks = 2)]
pub(super) struct Small {
    #[pep(pseudonym)]
    pub(super) who: Pseudonym,
    #[pep(range = 0..=100)]
    pub(super) percent: u8,
}

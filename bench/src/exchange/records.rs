//! The records that both exchange: declared for nest, and as the JSON that upstream encrypts.

use nest_api::prelude::*;
use serde_json::{Value, json};

/// An activity whose one outcome is the record itself.
pub(super) trait Shape: Activity<Outcome = Self> + Clone + PartialEq {
    const NAME: &'static str;

    /// What the record is called in the table.
    const TITLE: &'static str;

    /// The record of this number: most differ.
    fn numbered(number: u16) -> Self;

    /// The same values for upstream, each in one block as here. Texts would otherwise show their length.
    fn to_json(&self) -> Value;
}

/// Three attributes.
#[derive(Debug, Clone, PartialEq, PepRecord)]
#[pep(activity = "score", max_blocks = 3)]
pub(super) struct Score {
    #[pep(range = 0..=9999)]
    points: u16,
    level: Level,
    passed: bool,
}

/// Eight attributes in as many blocks.
#[derive(Debug, Clone, PartialEq, PepRecord)]
#[pep(activity = "survey", max_blocks = 8, max_bits = 163)]
pub(super) struct Survey {
    #[pep(range = 0..=9999)]
    reading: u16,
    #[pep(range = 0..=9999)]
    math: u16,
    #[pep(range = 0..=12)]
    year: u8,
    #[pep(range = 0..=40)]
    lessons: u8,
    level: Level,
    wish: Level,
    passed: bool,
    #[pep(max_bytes = 15)]
    remark: String,
}

#[derive(Debug, Clone, Copy, PartialEq, PepEnum)]
pub(super) enum Level {
    Low,
    Middle,
    High,
}

/// How many outcomes there are. Nobody asks.
#[derive(Debug, Clone, PartialEq, PepRecord)]
#[pep(kind = "progress", max_blocks = 1)]
pub(super) struct Taken {
    #[pep(range = 0..=1)]
    outcomes: u8,
}

impl Activity for Score {
    type Progress = Taken;
    type Outcome = Self;
}

impl Activity for Survey {
    type Progress = Taken;
    type Outcome = Self;
}

impl Level {
    fn numbered(number: u16) -> Self {
        match number % 3 {
            0 => Self::Low,
            1 => Self::Middle,
            _ => Self::High,
        }
    }

    fn name(self) -> &'static str {
        match self {
            Self::Low => "low",
            Self::Middle => "middle",
            Self::High => "high",
        }
    }
}

impl Shape for Score {
    const NAME: &'static str = "score";
    const TITLE: &'static str = "3 attributes";

    fn numbered(number: u16) -> Self {
        Self { points: number % 10_000, level: Level::numbered(number), passed: number.is_multiple_of(2) }
    }

    fn to_json(&self) -> Value {
        json!({ "points": self.points, "level": self.level.name(), "passed": self.passed })
    }
}

impl Shape for Survey {
    const NAME: &'static str = "survey";
    const TITLE: &'static str = "8 blocks";

    fn numbered(number: u16) -> Self {
        Self {
            reading: number % 10_000,
            math: (number / 2) % 10_000,
            year: 7,
            lessons: 30,
            level: Level::numbered(number),
            wish: Level::numbered(number / 3),
            passed: number.is_multiple_of(2),
            remark: format!("no. {number}"),
        }
    }

    fn to_json(&self) -> Value {
        json!({
            "reading": self.reading,
            "math": self.math,
            "year": self.year,
            "lessons": self.lessons,
            "level": self.level.name(),
            "wish": self.wish.name(),
            "passed": self.passed,
            "remark": self.remark,
        })
    }
}

//! What a query says, before anything of it is looked up.

use std::fmt;
use std::ops::Range;

use super::token::Word;

/// A part of a query with its place in the text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct At<T> {
    pub(super) what: T,
    pub(super) start: usize,
    pub(super) end: usize,
}

impl<T> At<T> {
    pub(super) fn new(what: T, at: &Range<usize>) -> Self {
        Self { what, start: at.start, end: at.end }
    }

    pub(super) fn range(&self) -> Range<usize> {
        self.start..self.end
    }
}

/// `Source.attribute`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Path<'q> {
    pub(super) source: At<&'q str>,
    pub(super) name: At<&'q str>,
}

impl Path<'_> {
    pub(super) fn range(&self) -> Range<usize> {
        self.source.start..self.name.end
    }
}

/// `AVG(Source.attribute) EVERY 1h`.
#[derive(Debug, Clone)]
pub(super) struct RawCall<'q> {
    pub(super) function: At<&'q str>,
    pub(super) arguments: Vec<Path<'q>>,
    /// A number after the attributes: which quantile.
    pub(super) number: Option<At<&'q str>>,
    pub(super) every: Option<At<Every>>,
    pub(super) end: usize,
}

/// `Source.attribute = value`.
#[derive(Debug, Clone, Copy)]
pub(super) struct RawComparison<'q> {
    pub(super) attribute: Path<'q>,
    pub(super) operator: At<Word<'q>>,
    pub(super) value: At<Word<'q>>,
}

/// A step of a condition in postfix order: operands come before what joins them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Step {
    /// The comparison of this number.
    Comparison(usize),
    And,
    Or,
}

/// A query as it was written.
#[derive(Debug)]
pub(super) struct RawQuery<'q> {
    pub(super) calls: Vec<RawCall<'q>>,
    pub(super) comparisons: Vec<RawComparison<'q>>,
    pub(super) steps: Vec<Step>,
    /// The place of the condition.
    pub(super) condition: Range<usize>,
    /// The first place where it is not in the strict form.
    pub(super) not_strict: Option<Range<usize>>,
}

/// A period by which an answer is divided: `EVERY 1h`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Every {
    hours: u32,
}

impl Every {
    /// A period of this many hours, from one hour to a year.
    pub const fn hours(hours: u32) -> Option<Self> {
        if hours >= 1 && hours <= 366 * 24 { Some(Self { hours }) } else { None }
    }

    /// The period in milliseconds.
    pub const fn millis(self) -> i64 {
        self.hours as i64 * 3_600_000
    }
}

impl fmt::Display for Every {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.hours {
            hours if hours % 168 == 0 => write!(f, "{}w", hours / 168),
            hours if hours % 24 == 0 => write!(f, "{}d", hours / 24),
            hours => write!(f, "{hours}h"),
        }
    }
}

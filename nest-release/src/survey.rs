//! Several aggregates about the same people as one question: one charge, one draw of all noise, one stored answer.
//!
//! Questions that are asked one by one may be cut off in the middle: some people are charged for half an answer. A
//! survey is answered as a whole or not at all.

use std::collections::BTreeMap;
use std::fmt;

use serde::{Deserialize, Serialize};

use crate::bounds::{Axis, Column};
use crate::shape::{Rows, Shape, Votes, sealed};
use crate::tally::TallyError;
use crate::{Bucket, Fixed, HistogramOf, NoiseInterval};

/// The most parts of a survey.
pub const MAX_PARTS: usize = 4_096;

/// The most steps of a grid that a correlation is computed on: products of three such numbers and the number of people
/// stay far below 128 bits.
const CORRELATION_GRID: u128 = 1 << 20;

/// The most steps of the grid that a quantile is chosen from.
const QUANTILE_GRID: u128 = 1_023;

/// One aggregate of a survey.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Part {
    /// The number of people.
    Count,
    /// The mean of one number for each person.
    Mean(Column),
    /// The sum of one number for each person.
    Total(Column),
    /// The number of people for each value of a field.
    Histogram(Axis),
    /// Pearson's correlation of two numbers of each person. A range of more than 2^20 steps is made coarser first.
    Correlation(Column, Column),
    /// The value that a share of people, in thousandths, is at or below: one of at most 1,024 values that are evenly
    /// spread over the range.
    Quantile(Column, u16),
}

/// The parts of a survey, each with its share of every person's ε. The shares always add up to the whole.
#[derive(Debug, Clone, PartialEq)]
pub struct SurveyParts {
    pub(crate) parts: Vec<Part>,
    /// Numerators and denominators, in lowest terms.
    pub(crate) shares: Vec<(u64, u64)>,
}

/// Parts that make no survey: none, more than [`MAX_PARTS`], a weight of zero, weights that are too large, or a quantile
/// that is not between 0 and 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct SurveyError;

impl fmt::Display for SurveyError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "a survey has from 1 to {MAX_PARTS} parts, with small weights above zero")
    }
}

impl std::error::Error for SurveyError {}

impl SurveyParts {
    /// These parts. Each takes of the ε its weight divided by the sum of all weights.
    ///
    /// # Errors
    /// See [`SurveyError`].
    pub fn new(parts: Vec<(Part, u64)>) -> Result<Self, SurveyError> {
        let total = parts.iter().try_fold(0_u64, |sum, (_, weight)| sum.checked_add(*weight));
        let total = total.filter(|total| *total > 0).ok_or(SurveyError)?;
        let fits = |(part, weight): &(Part, u64)| {
            let divisor = greatest_common_divisor(*weight, total);
            let quantile = !matches!(part, Part::Quantile(_, share) if !(1..1_000).contains(share));
            // The noise's scale is the range times this: it must stay far below 128 bits.
            *weight > 0 && total / divisor < 1 << 32 && quantile
        };
        if parts.len() > MAX_PARTS || !parts.iter().all(fits) {
            return Err(SurveyError);
        }
        let shares = parts.iter().map(|(_, weight)| {
            let divisor = greatest_common_divisor(*weight, total);
            (weight / divisor, total / divisor)
        });
        Ok(Self { shares: shares.collect(), parts: parts.into_iter().map(|(part, _)| part).collect() })
    }

    /// The parts, in their order.
    pub fn parts(&self) -> &[Part] {
        &self.parts
    }

    /// The share of ε of each part, in the order of the parts, as fractions in lowest terms.
    pub fn shares(&self) -> Vec<(u64, u64)> {
        self.shares.clone()
    }
}

fn greatest_common_divisor(mut a: u64, mut b: u64) -> u64 {
    while b != 0 {
        (a, b) = (b, a % b);
    }
    a.max(1)
}

/// What a person says in one part of a survey.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct SurveyRow {
    /// Which part.
    pub part: usize,
    /// What.
    pub cell: Cell,
}

/// What a row of a survey holds. It has no `Debug`: it is about a person.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Cell {
    /// The person counts.
    Here,
    /// A number in steps, or the value of a label as it travels.
    One(i128),
    /// Two numbers in steps.
    Two(i128, i128),
}

/// The answer to one part of a survey.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct PartAnswer {
    /// The answer.
    pub value: PartValue,
    /// How many people are behind it, coarsely, from a noised number.
    pub contributors: Bucket,
    /// How far the noise moved it; absent for a quantile, which says it in people.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub noise: Option<NoiseInterval>,
}

/// A value of a survey.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "kebab-case")]
#[non_exhaustive]
pub enum PartValue {
    /// A number of people.
    Count {
        /// The number.
        value: u64,
    },
    /// A mean.
    Mean {
        /// The mean, with three more decimals than the field.
        value: Fixed,
    },
    /// A sum.
    Total {
        /// The sum.
        value: Fixed,
    },
    /// Numbers of people by value. A cell may be negative: it is noised.
    Histogram {
        /// The cells.
        value: HistogramOf<i64>,
    },
    /// A correlation.
    Correlation {
        /// From -1 to 1; absent where the noise left nothing to divide by.
        value: Option<Fixed>,
    },
    /// A quantile.
    Quantile {
        /// One of the values of the grid.
        value: Fixed,
        /// In 95 of 100 answers, at most so many people lie between it and the true quantile.
        within_people: u64,
    },
}

/// Several aggregates about the same people, as [`SurveyParts`] say.
///
/// A person is in the class of one ε. Of it, each part spends its share, so the whole survey spends it once.
pub enum Survey {}

impl Shape for Survey {}

/// What the rows of one person come to, by part.
#[derive(Default)]
pub struct Replies(BTreeMap<usize, Reply>);

enum Reply {
    Here,
    Number(Rows),
    Label(Votes),
    Pair(Rows, Rows),
}

/// What all people come to in one part, in whole numbers that add up.
#[derive(Clone)]
pub struct PartRaw {
    pub(crate) people: u64,
    /// A centred sum, the counts of cells, or the moments of a pair.
    pub(crate) numbers: Vec<i128>,
}

/// A range of whole numbers that are evenly spread over a column.
#[derive(Clone, Copy)]
pub(crate) struct Grid {
    /// The number of the last: the first is 0.
    pub(crate) last: u128,
    min: i128,
    range: u128,
}

impl Grid {
    pub(crate) fn of_correlation(column: &Column) -> Self {
        Self::of(column, CORRELATION_GRID)
    }

    pub(crate) fn of_quantile(column: &Column) -> Self {
        Self::of(column, QUANTILE_GRID)
    }

    fn of(column: &Column, most: u128) -> Self {
        let range = column.range();
        Self { last: range.min(most), min: column.min(), range }
    }

    /// The number of the nearest value.
    fn place(&self, steps: i128) -> u128 {
        let above = steps.saturating_sub(self.min).max(0).unsigned_abs().min(self.range);
        (above * self.last + self.range / 2).checked_div(self.range).unwrap_or(0)
    }

    /// The value of this number, in steps of the column.
    pub(crate) fn value(&self, place: u128) -> i128 {
        let last = self.last.max(1);
        self.min + ((place * self.range + last / 2) / last) as i128
    }
}

/// The moments of a pair, after their number of people: Σa, Σb, Σ(2a² − A²), Σ(2b² − B²), Σab, where `a` runs from −A to
/// A and `b` from −B to B.
pub(crate) const MOMENTS: usize = 5;

impl sealed::Parts for Survey {
    const NAME: &'static str = "survey";
    type Bounds = SurveyParts;
    type Row = SurveyRow;
    type Person = Replies;
    type Raw = Vec<PartRaw>;

    fn add_row(bounds: &SurveyParts, person: &mut Replies, row: SurveyRow) -> Result<(), TallyError> {
        let part = bounds.parts.get(row.part).ok_or(TallyError::Mismatch)?;
        match (part, row.cell) {
            (Part::Count, Cell::Here) => {
                person.0.entry(row.part).or_insert(Reply::Here);
            }
            (Part::Mean(column) | Part::Total(column) | Part::Quantile(column, _), Cell::One(steps)) => {
                let reply = person.0.entry(row.part).or_insert_with(|| Reply::Number(Rows::default()));
                if let Reply::Number(rows) = reply {
                    rows.add(column, steps)?;
                }
            }
            (Part::Histogram(axis), Cell::One(value)) => {
                let place = axis.place(value).ok_or(TallyError::NotDeclared)?;
                let reply = person.0.entry(row.part).or_insert_with(|| Reply::Label(Votes::default()));
                if let Reply::Label(votes) = reply {
                    votes.add(place, 1);
                }
            }
            (Part::Correlation(first, second), Cell::Two(a, b)) => {
                let new = || Reply::Pair(Rows::default(), Rows::default());
                if let Reply::Pair(rows_a, rows_b) = person.0.entry(row.part).or_insert_with(new) {
                    rows_a.add(first, a)?;
                    rows_b.add(second, b)?;
                }
            }
            _ => return Err(TallyError::Mismatch),
        }
        Ok(())
    }

    fn join(person: &mut Replies, other: Replies) {
        for (part, reply) in other.0 {
            match (person.0.get_mut(&part), reply) {
                (None, reply) => {
                    person.0.insert(part, reply);
                }
                (Some(Reply::Number(known)), Reply::Number(rows)) => known.join(rows),
                (Some(Reply::Label(known)), Reply::Label(votes)) => known.join(votes),
                (Some(Reply::Pair(known_a, known_b)), Reply::Pair(a, b)) => {
                    known_a.join(a);
                    known_b.join(b);
                }
                _ => {}
            }
        }
    }

    fn nothing(bounds: &SurveyParts) -> Vec<PartRaw> {
        let length = |part: &Part| match part {
            Part::Count => 0,
            Part::Mean(_) | Part::Total(_) => 1,
            Part::Histogram(axis) => axis.cells(),
            Part::Correlation(..) => MOMENTS,
            Part::Quantile(column, _) => Grid::of_quantile(column).last as usize + 1,
        };
        bounds.parts.iter().map(|part| PartRaw { people: 0, numbers: vec![0; length(part)] }).collect()
    }

    fn add_person(bounds: &SurveyParts, raw: &mut Vec<PartRaw>, person: Replies) {
        for (number, reply) in person.0 {
            let Some((part, raw)) = bounds.parts.get(number).zip(raw.get_mut(number)) else { continue };
            raw.people += 1;
            match (part, reply) {
                (Part::Mean(column) | Part::Total(column), Reply::Number(rows)) => {
                    add(&mut raw.numbers, 0, rows.centred(column));
                }
                (Part::Quantile(column, _), Reply::Number(rows)) => {
                    let place = Grid::of_quantile(column).place(rows.mean());
                    add(&mut raw.numbers, place as usize, 1);
                }
                (Part::Histogram(_), Reply::Label(votes)) => {
                    if let Some(cell) = votes.cell() {
                        add(&mut raw.numbers, cell, 1);
                    }
                }
                (Part::Correlation(first, second), Reply::Pair(a, b)) => {
                    let centred = |column: &Column, rows: &Rows| {
                        let grid = Grid::of_correlation(column);
                        let last = grid.last as i128;
                        (2 * grid.place(rows.mean()) as i128 - last, last)
                    };
                    let ((a, most_a), (b, most_b)) = (centred(first, &a), centred(second, &b));
                    let moments = [a, b, 2 * a * a - most_a * most_a, 2 * b * b - most_b * most_b, a * b];
                    for (place, moment) in moments.into_iter().enumerate() {
                        add(&mut raw.numbers, place, moment);
                    }
                }
                _ => {}
            }
        }
    }

    fn merge(raw: &mut Vec<PartRaw>, other: Vec<PartRaw>) {
        for (raw, other) in raw.iter_mut().zip(other) {
            raw.people = raw.people.saturating_add(other.people);
            for (number, other) in raw.numbers.iter_mut().zip(other.numbers) {
                *number += other;
            }
        }
    }

    fn describe(bounds: &SurveyParts) -> String {
        let part = |(part, (numerator, denominator)): (&Part, &(u64, u64))| {
            let what = match part {
                Part::Count => "count".to_owned(),
                Part::Mean(column) => format!("mean {}", column.describe()),
                Part::Total(column) => format!("total {}", column.describe()),
                Part::Histogram(axis) => format!("histogram {}", axis.describe()),
                Part::Correlation(first, second) => {
                    format!("correlation {} {}", first.describe(), second.describe())
                }
                Part::Quantile(column, share) => format!("quantile {share} {}", column.describe()),
            };
            format!("{numerator}/{denominator} {what}")
        };
        bounds.parts.iter().zip(&bounds.shares).map(part).collect::<Vec<_>>().join("|")
    }
}

fn add(numbers: &mut [i128], place: usize, more: i128) {
    if let Some(number) = numbers.get_mut(place) {
        *number += more;
    }
}

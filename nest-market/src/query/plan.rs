//! What a query asks of the gate in one interval of time: aggregates, each with its share of the ε.

use std::fmt;

use nest_release::{Part, SurveyError, SurveyParts};

use super::check::Query;
use super::function::Ask;

/// The most periods that one answer is divided into.
pub const MAX_BUCKETS: i64 = 366;

/// The interval of time that a query is about, in milliseconds since 1970, the end not included, and the granularity
/// at which readings are aligned.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Window {
    from: i64,
    to: i64,
    granularity: i64,
}

/// An interval or a plan that makes no sense.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum PlanError {
    /// The interval is empty, or not a whole number of steps of its granularity, or has more than 100,000 of them.
    Window,
    /// The interval is not a whole number of periods, or is more than 366 of them.
    Every {
        /// The call.
        call: String,
    },
    /// The periods of several calls cannot be divided into equal shares of the budget.
    Shares,
}

impl fmt::Display for PlanError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            PlanError::Window => f.write_str(
                "an interval is from 1 to 100000 whole steps of its granularity, of a second or more",
            ),
            PlanError::Every { call } => {
                write!(
                    f,
                    "`{call}`: the interval must be from 1 to {MAX_BUCKETS} whole periods of that length"
                )
            }
            PlanError::Shares => f.write_str("take periods that are multiples of each other"),
        }
    }
}

impl std::error::Error for PlanError {}

impl From<SurveyError> for PlanError {
    fn from(_: SurveyError) -> Self {
        PlanError::Shares
    }
}

impl Window {
    /// An interval from a time to another, both in milliseconds since 1970 (UTC), the second not included.
    ///
    /// # Errors
    /// See [`PlanError::Window`].
    pub fn new(from: i64, to: i64, granularity: i64) -> Result<Self, PlanError> {
        let len = to.checked_sub(from).filter(|len| *len > 0).ok_or(PlanError::Window)?;
        if granularity < 1_000 || len % granularity != 0 || len / granularity > 100_000 {
            return Err(PlanError::Window);
        }
        Ok(Self { from, to, granularity })
    }

    /// The first millisecond.
    pub fn from(self) -> i64 {
        self.from
    }

    /// The millisecond after the last.
    pub fn to(self) -> i64 {
        self.to
    }

    /// The granularity in milliseconds.
    pub fn granularity(self) -> i64 {
        self.granularity
    }

    /// The number of steps.
    pub fn steps(self) -> i64 {
        (self.to - self.from) / self.granularity
    }

    /// The interval divided into periods.
    pub(crate) fn divided(self, millis: i64) -> Option<Vec<Window>> {
        let len = self.to - self.from;
        if len % millis != 0 || len / millis > MAX_BUCKETS || millis % self.granularity != 0 {
            return None;
        }
        let period =
            |i: i64| Window { from: self.from + i * millis, to: self.from + (i + 1) * millis, ..self };
        Some((0..len / millis).map(period).collect())
    }
}

/// One aggregate of a plan.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct Planned {
    /// The call that it is for, by its place in the query.
    pub call: usize,
    /// What is asked.
    pub ask: Ask,
    /// The attributes of the ask, by their places in [`Query::attributes`].
    pub attributes: Vec<usize>,
    /// The time that it is about.
    pub window: Window,
}

/// What a query asks in an interval, in the order in which it is answered.
///
/// The ε of a person's level is for the whole query: each call has the same share, and of it each of the call's
/// aggregates, in each of its periods. All that a query asks is one question to the budget.
#[derive(Debug, Clone)]
pub struct Plan {
    parts: Vec<Planned>,
    survey: Option<SurveyParts>,
    window: Window,
}

impl Plan {
    /// The plan of a query in an interval.
    ///
    /// # Errors
    /// The interval is not made of whole periods of a call, or the periods do not fit together.
    pub fn of(query: &Query, window: Window) -> Result<Self, PlanError> {
        let mut parts = Vec::new();
        // How many aggregates each call has.
        let mut sizes = Vec::new();
        for (number, call) in query.calls().iter().enumerate() {
            let windows = match call.every {
                None => vec![window],
                Some(every) => window
                    .divided(every.millis())
                    .ok_or_else(|| PlanError::Every { call: call.text().to_owned() })?,
            };
            sizes.push(windows.len() as u64 * call.asks.len() as u64);
            for window in windows {
                for ask in &call.asks {
                    let places = ask.places();
                    let attributes =
                        places.iter().filter_map(|place| call.arguments.get(*place).copied()).collect();
                    parts.push(Planned { call: number, ask: ask.clone(), attributes, window });
                }
            }
        }
        // Each call weighs the same, so a part weighs the least common multiple by the size of its call.
        let multiple = sizes.iter().filter(|size| **size > 0).try_fold(1_u64, |multiple, size| {
            (multiple / greatest_common_divisor(multiple, *size)).checked_mul(*size)
        });
        let multiple = multiple.ok_or(PlanError::Shares)?;
        let weighted = parts.iter().map(|part| {
            let size = sizes.get(part.call).copied().unwrap_or(1).max(1);
            (part.ask.part(), multiple / size)
        });
        let survey = if parts.is_empty() { None } else { Some(SurveyParts::new(weighted.collect())?) };
        Ok(Self { parts, survey, window })
    }

    /// The aggregates, in their order. None for a data set.
    pub fn parts(&self) -> &[Planned] {
        &self.parts
    }

    /// The same for the budget; none for a data set.
    pub fn survey(&self) -> Option<&SurveyParts> {
        self.survey.as_ref()
    }

    /// The interval.
    pub fn window(&self) -> Window {
        self.window
    }
}

impl Ask {
    /// The places of its attributes among the arguments of the call.
    pub(crate) fn places(&self) -> Vec<usize> {
        match self {
            Ask::Count(place)
            | Ask::Mean(place, _)
            | Ask::Total(place, _)
            | Ask::Histogram(place, _)
            | Ask::Quantile(place, ..) => vec![*place],
            Ask::Correlation((first, _), (second, _)) => vec![*first, *second],
        }
    }

    fn part(&self) -> Part {
        match self {
            Ask::Count(_) => Part::Count,
            Ask::Mean(_, column) => Part::Mean(column.clone()),
            Ask::Total(_, column) => Part::Total(column.clone()),
            Ask::Histogram(_, axis) => Part::Histogram(axis.clone()),
            Ask::Correlation((_, first), (_, second)) => Part::Correlation(first.clone(), second.clone()),
            Ask::Quantile(_, column, share) => Part::Quantile(column.clone(), *share),
        }
    }
}

fn greatest_common_divisor(mut a: u64, mut b: u64) -> u64 {
    while b != 0 {
        (a, b) = (b, a % b);
    }
    a.max(1)
}

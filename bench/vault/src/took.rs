//! What a round took, and how rounds are compared: round by round, by the median of the ratios.

use std::time::Duration;

/// One round of one way to keep records.
#[derive(Clone, Copy)]
pub(crate) struct Took {
    pub(crate) write: Duration,
    pub(crate) read: Duration,
    pub(crate) bytes: i64,
}

pub(crate) fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values.get(values.len() / 2).copied().unwrap_or(f64::NAN)
}

/// The median of a figure.
pub(crate) fn of(rounds: &[Took], figure: fn(&Took) -> f64) -> f64 {
    median(rounds.iter().map(figure).collect())
}

/// The median of the ratios of two ways that took turns.
pub(crate) fn ratio(own: &[Took], other: &[Took], figure: fn(&Took) -> f64) -> f64 {
    median(own.iter().zip(other).map(|(own, other)| figure(own) / figure(other)).collect())
}

pub(crate) fn write(took: &Took) -> f64 {
    took.write.as_secs_f64() * 1e3
}

pub(crate) fn read(took: &Took) -> f64 {
    took.read.as_secs_f64() * 1e3
}

pub(crate) fn bytes(took: &Took) -> f64 {
    took.bytes as f64 / 1e3
}

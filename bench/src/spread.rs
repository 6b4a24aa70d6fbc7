//! What several rounds of one measurement come to.

use std::fmt;

use serde::{Deserialize, Serialize};

/// The median of the rounds, and between which values half of them lie.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
pub struct Spread {
    /// The middle one; of an even number the larger of both.
    pub median: f64,
    low: f64,
    high: f64,
}

impl Spread {
    /// Of the rounds in any order; not a number where there are none.
    pub fn of(rounds: impl IntoIterator<Item = f64>) -> Self {
        let mut rounds: Vec<f64> = rounds.into_iter().collect();
        rounds.sort_by(f64::total_cmp);
        let last = rounds.len().saturating_sub(1);
        let at = |place: usize| rounds.get(place).copied().unwrap_or(f64::NAN);
        Self { median: at(rounds.len() / 2), low: at(last / 4), high: at((3 * last).div_ceil(4)) }
    }

    /// The same, shared among so many.
    #[must_use]
    pub fn per(self, parts: usize) -> Self {
        let Self { median, low, high } = self;
        let share = |whole| whole / parts as f64;
        Self { median: share(median), low: share(low), high: share(high) }
    }
}

/// With three digits that count, and without the spread where there is none.
impl fmt::Display for Spread {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { median, low, high } = *self;
        let decimals = match median.abs() {
            100.0.. => 0,
            10.0.. => 1,
            _ => 2,
        };
        if median.is_nan() {
            return f.write_str("unknown");
        }
        write!(f, "{median:.decimals$}")?;
        if low < high { write!(f, " ({low:.decimals$} to {high:.decimals$})") } else { Ok(()) }
    }
}

#[cfg(test)]
mod tests {
    use super::Spread;

    #[test]
    fn the_middle_one_counts_and_the_middle_half_is_told() {
        assert_eq!(Spread::of([9.0, 1.0, 2.0]).to_string(), "2.00 (1.00 to 9.00)");
        assert_eq!(Spread::of([50.0, 40.0, 20.0, 10.0, 30.0]).to_string(), "30.0 (20.0 to 40.0)");
        assert_eq!(Spread::of([300.0, 100.0]).per(2).to_string(), "150 (50 to 150)");
        assert_eq!(Spread::of([0.25]).to_string(), "0.25");
        assert_eq!(Spread::of([]).to_string(), "unknown");
    }
}

//! What several rounds of one measurement come to.

use std::fmt;

/// The median of the rounds, and the smallest and the largest.
#[derive(Debug, Clone, Copy)]
pub struct Spread {
    /// The middle one; of an even number the larger of both.
    pub median: f64,
    least: f64,
    most: f64,
}

impl Spread {
    /// Of the rounds in any order; not a number where there are none.
    pub fn of(rounds: impl IntoIterator<Item = f64>) -> Self {
        let mut rounds: Vec<f64> = rounds.into_iter().collect();
        rounds.sort_by(f64::total_cmp);
        let at = |place: Option<&f64>| place.copied().unwrap_or(f64::NAN);
        Self { median: at(rounds.get(rounds.len() / 2)), least: at(rounds.first()), most: at(rounds.last()) }
    }
}

/// With as many decimals as the format says, or none.
impl fmt::Display for Spread {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let decimals = f.precision().unwrap_or(0);
        let Self { median, least, most } = self;
        write!(f, "{median:.decimals$} ({least:.decimals$} to {most:.decimals$})")
    }
}

#[cfg(test)]
mod tests {
    use super::Spread;

    #[test]
    fn the_middle_one_counts_and_the_outer_ones_are_told() {
        assert_eq!(Spread::of([9.0, 1.0, 2.0]).to_string(), "2 (1 to 9)");
        assert_eq!(format!("{:.1}", Spread::of([0.25])), "0.2 (0.2 to 0.2)");
        assert!(Spread::of([]).median.is_nan());
    }
}

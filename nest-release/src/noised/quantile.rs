//! A quantile by the exponential mechanism, chosen exactly.
//!
//! A value is better, the fewer people lie between it and the quantile. It is chosen with a probability proportional to
//! `exp(−ε · people / (2 · sensitivity))` (A. Smith, "Privacy-preserving statistical estimation with optimal convergence
//! rates", 2011). All people count alike, so the ε is that of the strictest class; those of other classes are
//! protected better than they asked for.
//!
//! No floating-point number takes part in the choice: a candidate is drawn evenly and kept with that probability, by the
//! exact test of Canonne, Kamath and Steinke (2020, algorithm 1).

use rand::{Rng, RngExt};

use super::survey::PartOfClass;
use crate::Fixed;
use crate::bounds::Column;
use crate::survey::Grid;

pub(super) struct Chosen {
    pub(super) value: Fixed,
    pub(super) within_people: u64,
}

/// Chooses a value. `at` is the share of people below it, in thousandths.
pub(super) fn chosen<R: Rng + ?Sized>(
    column: &Column,
    at: u16,
    share: (u128, u128),
    classes: &[PartOfClass<'_>],
    rng: &mut R,
) -> Chosen {
    let grid = Grid::of_quantile(column);
    let strictest = classes.iter().map(|(epsilon, _)| epsilon.micros()).min().unwrap_or(0);
    let at = u128::from(at);
    // One person more or less changes a distance, in thousandths of people, by at most this.
    let sensitivity = at.max(1_000 - at);
    let distances = distances(at, grid.last as usize + 1, classes);
    let least = distances.iter().copied().min().unwrap_or(0);
    // ε · distance / (2 · sensitivity), as a fraction.
    let factor = u128::from(strictest) * share.0;
    let denominator = 1_000_000 * share.1 * 2 * sensitivity;
    let place = loop {
        let place = rng.random_range(0..distances.len().max(1));
        let distance = distances.get(place).copied().unwrap_or(0);
        if happens_exp(factor * (distance - least), denominator, rng) {
            break place;
        }
    };
    let within = 2.0 * sensitivity as f64 / 1_000.0 * share.1 as f64 * 1e6 / (factor.max(1) as f64)
        * (distances.len() as f64 / 0.05).ln();
    Chosen {
        value: Fixed::new(grid.value(place as u128), column.decimals()),
        within_people: within.ceil() as u64,
    }
}

/// For each value of the grid: how many thousandths of people lie between it and the quantile.
fn distances(at: u128, length: usize, classes: &[PartOfClass<'_>]) -> Vec<u128> {
    let mut counts = vec![0_u128; length];
    for (_, raw) in classes {
        for (count, more) in counts.iter_mut().zip(&raw.numbers) {
            *count += more.unsigned_abs();
        }
    }
    let wanted = at * counts.iter().sum::<u128>();
    let mut below = 0_u128;
    counts
        .into_iter()
        .map(|count| {
            let first = below * 1_000;
            below += count;
            let last = below * 1_000;
            first.saturating_sub(wanted).max(wanted.saturating_sub(last))
        })
        .collect()
}

/// Happens with probability `exp(−numerator / denominator)`.
fn happens_exp<R: Rng + ?Sized>(numerator: u128, denominator: u128, rng: &mut R) -> bool {
    let denominator = denominator.max(1);
    let (whole, rest) = (numerator / denominator, numerator % denominator);
    for _ in 0..whole {
        if !happens_exp_below_one(1, 1, rng) {
            return false;
        }
    }
    happens_exp_below_one(rest, denominator, rng)
}

/// The same for a fraction from 0 to 1.
fn happens_exp_below_one<R: Rng + ?Sized>(numerator: u128, denominator: u128, rng: &mut R) -> bool {
    let mut k = 1_u128;
    // It goes on with probability numerator / (denominator · k): never more than a few dozen times.
    while rng.random_range(0..denominator.saturating_mul(k)) < numerator {
        k += 1;
    }
    k % 2 == 1
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::seeded;

    #[test]
    fn the_test_happens_as_often_as_its_formula_says() {
        let mut rng = seeded(31);
        for (numerator, denominator) in [(0, 1), (1, 10), (1, 2), (1, 1), (5, 2), (9, 4)] {
            let expected = (-(numerator as f64) / denominator as f64).exp();
            let draws = 40_000;
            let happened =
                (0..draws).filter(|_| happens_exp(numerator, denominator, &mut rng)).count() as f64;
            let spread = (expected * (1.0 - expected) * f64::from(draws)).sqrt().max(1e-9);
            let z = (happened - expected * f64::from(draws)) / spread;
            assert!(z.abs() < 4.5, "{numerator}/{denominator}: {z}");
        }
    }
}

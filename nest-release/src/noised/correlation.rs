//! Pearson's correlation from noised moments, in whole numbers.
//!
//! Six numbers say all: how many people, Σa, Σb, Σa², Σb² and Σab. Each takes a sixth of the ε. Both fields are centred
//! on their range first, and so are the squares: that halves what one person can change.

use rand::Rng;

use super::survey::PartOfClass;
use super::{noise_for, share_of};
use crate::bounds::Column;
use crate::fixed::divide_rounded;
use crate::noise::{ScaleError, within_95};
use crate::survey::Grid;
use crate::{Fixed, NoiseInterval};

const SIXTH: (u128, u128) = (1, 6);

const DECIMALS: u8 = 4;
const ONE: i128 = 10_000;

/// The most people that are counted on: noise cannot make the products overflow.
const MOST_PEOPLE: i128 = 1 << 33;

/// The noised moments, within what so many people can have.
struct Moments {
    people: i128,
    a: i128,
    b: i128,
    /// Σ(2a² − A²), and the same of b.
    aa: i128,
    bb: i128,
    ab: i128,
    most_a: i128,
    most_b: i128,
}

pub(super) fn noised<R: Rng + ?Sized>(
    (first, second): (&Column, &Column),
    share: (u128, u128),
    classes: &[PartOfClass<'_>],
    rng: &mut R,
) -> Result<(Option<Fixed>, u64, Option<NoiseInterval>), ScaleError> {
    let (most_a, most_b) = (Grid::of_correlation(first).last, Grid::of_correlation(second).last);
    let sensitivities = [1, most_a, most_b, most_a * most_a, most_b * most_b, most_a * most_b];
    let mut sums = [0_i128; 6];
    let mut scales: Vec<[f64; 6]> = Vec::new();
    for (epsilon, raw) in classes {
        let numbers = std::iter::once(i128::from(raw.people)).chain(raw.numbers.iter().copied());
        let mut of_class = [0.0; 6];
        for (((sum, number), sensitivity), slot) in
            sums.iter_mut().zip(numbers).zip(sensitivities).zip(&mut of_class)
        {
            let (noise, scale) = noise_for(sensitivity, *epsilon, share_of(SIXTH, share))?;
            *sum += number + noise.draw_from(rng);
            *slot = scale;
        }
        scales.push(of_class);
    }
    let [people, a, b, aa, bb, ab] = sums;
    let (most_a, most_b) = (most_a as i128, most_b as i128);
    let n = people.clamp(1, MOST_PEOPLE);
    let within = |number: i128, most: i128| number.clamp(-n * most, n * most);
    let moments = Moments {
        people: n,
        a: within(a, most_a),
        b: within(b, most_b),
        aa: within(aa, most_a * most_a),
        bb: within(bb, most_b * most_b),
        ab: within(ab, most_a * most_b),
        most_a,
        most_b,
    };
    let value = moments.correlation().map(|value| Fixed::new(value, DECIMALS));
    let noise = value.map(|_| moments.interval(&scales));
    Ok((value, u64::try_from(people).unwrap_or(0), noise))
}

impl Moments {
    /// The correlation in ten-thousandths; none where a variance is not above zero.
    fn correlation(&self) -> Option<i128> {
        let n = self.people;
        // All doubled. Below 2^108 each.
        let variance = |sum: i128, squares: i128, most: i128| n * (squares + n * most * most) - 2 * sum * sum;
        let (var_a, var_b) = (variance(self.a, self.aa, self.most_a), variance(self.b, self.bb, self.most_b));
        let covariance = 2 * (n * self.ab - self.a * self.b);
        if var_a <= 0 || var_b <= 0 {
            return None;
        }
        // Square roots of the variances, moved up by an even number of bits first so that they are exact enough.
        let root = |variance: i128| {
            let up = (variance.leading_zeros().saturating_sub(2)) & !1;
            ((variance.unsigned_abs() << up).isqrt(), up / 2)
        };
        let ((root_a, up_a), (root_b, up_b)) = (root(var_a), root(var_b));
        // cov · 2^extra · 10^4 must fit.
        let room = covariance.unsigned_abs().leading_zeros().saturating_sub(16);
        let extra = room.min(up_a + up_b);
        let denominator = ((root_a * root_b) >> (up_a + up_b - extra)).max(1);
        let denominator = i128::try_from(denominator).unwrap_or(i128::MAX);
        Some(divide_rounded((covariance << extra) * ONE, denominator).clamp(-ONE, ONE))
    }

    /// To first order, how far the noise of these scales moves the correlation. A statement for readers only.
    fn interval(&self, scales: &[[f64; 6]]) -> NoiseInterval {
        let point = [self.people, self.a, self.b, self.aa, self.bb, self.ab].map(|number| number as f64);
        let (most_a, most_b) = (self.most_a as f64, self.most_b as f64);
        let value = |[n, a, b, aa, bb, ab]: [f64; 6]| {
            let variance =
                |sum: f64, squares: f64, most: f64| n * (squares + n * most * most) - 2.0 * sum * sum;
            let product = variance(a, aa, most_a).max(f64::MIN_POSITIVE)
                * variance(b, bb, most_b).max(f64::MIN_POSITIVE);
            2.0 * (n * ab - a * b) / product.sqrt()
        };
        let slope = |which: usize, step: f64| {
            let moved = |by: f64| {
                let mut point = point;
                if let Some(number) = point.get_mut(which) {
                    *number += by;
                }
                value(point)
            };
            (moved(step) - moved(-step)) / (2.0 * step)
        };
        let moves: Vec<f64> = scales
            .iter()
            .flat_map(|of_class| {
                of_class.iter().enumerate().map(|(which, scale)| {
                    let scale = scale.max(f64::MIN_POSITIVE);
                    (slope(which, scale * 0.01) * scale).abs()
                })
            })
            .collect();
        let within = (within_95(&moves) * ONE as f64).ceil().clamp(0.0, 2.0 * ONE as f64);
        NoiseInterval { within: Fixed::new(within as i128, DECIMALS), percent: 95 }
    }
}

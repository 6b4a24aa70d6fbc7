//! Noise that is exactly what its formula says: drawn in whole numbers from a cryptographic generator.

use std::fmt;

use prio::dp::Rational;
use prio::dp::distributions;
use rand::Rng;
use rand::distr::Distribution;

/// The discrete Laplace distribution: P(x) is proportional to `exp(-|x| / scale)` over all whole numbers.
///
/// Drawn by the exact algorithm of Canonne, Kamath and Steinke ("The Discrete Gaussian for Differential Privacy",
/// 2020) as implemented in the crate `prio`: no floating-point number takes part. Floating-point Laplace noise can be
/// told apart by its last bits (Mironov 2012; Jin et al. 2022).
///
/// It is public so that a statistician can simulate what a release does. It opens no raw aggregate.
///
/// ```
/// use nest_release::DiscreteLaplace;
///
/// // Counts at ε 0.5: scale 1 / 0.5.
/// let noise = DiscreteLaplace::new(2, 1)?;
/// let drawn: i128 = noise.draw();
/// assert!(drawn.abs() < 1_000);
/// # Ok::<(), nest_release::ScaleError>(())
/// ```
pub struct DiscreteLaplace {
    exact: Option<distributions::DiscreteLaplace>,
    scale: f64,
}

/// A scale whose denominator is zero.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct ScaleError;

impl fmt::Display for ScaleError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the scale of the noise needs a denominator above zero")
    }
}

impl std::error::Error for ScaleError {}

/// A draw beyond this has a probability below `exp(-2^16)` for every scale that a release uses.
const MAX_DRAW: i128 = 1 << 100;

impl DiscreteLaplace {
    /// The distribution of this scale, as a fraction. A scale of zero is no noise.
    ///
    /// # Errors
    /// The denominator is zero.
    pub fn new(numerator: u128, denominator: u128) -> Result<Self, ScaleError> {
        let ratio = Rational::from_unsigned(numerator, denominator).map_err(|_| ScaleError)?;
        let exact = if numerator == 0 {
            None
        } else {
            Some(distributions::DiscreteLaplace::new(ratio).map_err(|_| ScaleError)?)
        };
        Ok(Self { exact, scale: numerator as f64 / denominator as f64 })
    }

    /// One draw, from the cryptographic generator of the thread.
    pub fn draw(&self) -> i128 {
        self.draw_from(&mut rand::rng())
    }

    /// One draw from a given generator. A release never takes another than [`draw`](Self::draw) does.
    pub fn draw_from<R: Rng + ?Sized>(&self, rng: &mut R) -> i128 {
        let Some(exact) = &self.exact else { return 0 };
        let drawn = exact.sample(rng);
        // Both cuts depend on the draw alone, and are symmetric.
        i128::try_from(drawn).unwrap_or(0).clamp(-MAX_DRAW, MAX_DRAW)
    }

    /// The standard deviation.
    pub fn standard_deviation(&self) -> f64 {
        let ratio = self.ratio();
        (2.0 * ratio).sqrt() / (1.0 - ratio)
    }

    /// How often the noise is zero.
    pub fn probability_of_zero(&self) -> f64 {
        let ratio = self.ratio();
        (1.0 - ratio) / (1.0 + ratio)
    }

    /// P(x + 1) / P(x) for x ≥ 0.
    fn ratio(&self) -> f64 {
        if self.scale == 0.0 { 0.0 } else { (-1.0 / self.scale).exp() }
    }
}

/// The bound that 95 % of sums of independent Laplace noise of these scales stay within.
///
/// It is a statement for readers about noise whose scales are public, so it may be a float. For whole numbers it is
/// rounded up by those who use it; the discrete distribution has the lighter tail there.
pub(crate) fn within_95(scales: &[f64]) -> f64 {
    let largest = scales.iter().copied().fold(0.0, f64::max);
    if largest <= 0.0 || !largest.is_finite() {
        return 0.0;
    }
    // In units of the largest scale. What is far smaller moves the bound by less than its rounding.
    let scales: Vec<f64> = scales.iter().map(|scale| scale / largest).filter(|scale| *scale > 1e-4).collect();
    if let [_] = scales.as_slice() {
        return largest * 20_f64.ln();
    }
    // The distribution function from the characteristic function (Gil-Pelaez): the sum is symmetric, so
    // P(|S| <= t) = 2/π ∫ sin(ut)/u · Π 1/(1 + (u·scale)²) du.
    const STEP: f64 = 0.02;
    const STEPS: usize = 10_000;
    let weights: Vec<(f64, f64)> = (0..STEPS)
        .map(|i| {
            let u = (i as f64 + 0.5) * STEP;
            (u, scales.iter().map(|scale| 1.0 / (1.0 + (u * scale).powi(2))).product::<f64>() / u)
        })
        .take_while(|(_, weight)| *weight > 1e-9)
        .collect();
    let within = |t: f64| {
        weights.iter().map(|(u, weight)| (u * t).sin() * weight).sum::<f64>()
            * STEP
            * std::f64::consts::FRAC_2_PI
    };
    // The bound is at most that of a sum of standard deviations by Chebyshev.
    let (mut low, mut high) =
        (0.0, 4.5 * (2.0 * scales.iter().map(|scale| scale * scale).sum::<f64>()).sqrt());
    for _ in 0..24 {
        let middle = (low + high) / 2.0;
        if within(middle) < 0.95 {
            low = middle;
        } else {
            high = middle;
        }
    }
    largest * high
}

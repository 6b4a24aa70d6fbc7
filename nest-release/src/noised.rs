//! Answers under differential privacy: which noise each shape takes, and how classes of different ε are pooled.
//!
//! Neighbours are data with and without one person. Each person is in one class, so each spends the ε of that class.
//! Sums and counts of all classes are pooled first and divided then: a mean of the classes' means would give a class
//! of one person the weight of all others.

mod correlation;
mod quantile;
mod survey;

use rand::Rng;
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::fixed::divide_rounded;
use crate::minimum::{MEAN_DECIMALS, MEAN_SCALE};
use crate::noise::{DiscreteLaplace, ScaleError, within_95};
use crate::{
    Axis, Column, Count, Fixed, Histogram, HistogramOf, Mean, MicroEpsilon, NoiseInterval, Policy,
    RawAggregate, Released, Shape, Table, TableOf, Total,
};

/// A class of people who all spend the same ε, with what they add up to.
pub(crate) type Class<S> = (MicroEpsilon, RawAggregate<S>);

/// A shape that can be released with noise. The trait is sealed.
pub trait Noised: Shape + mechanism::Mechanism {}

impl<S: Shape + mechanism::Mechanism> Noised for S {}

pub(crate) mod mechanism {
    use super::{Class, DeserializeOwned, Released, Rng, ScaleError, Serialize};
    use crate::Shape;

    /// Adds noise. Nothing outside this crate can call it.
    pub trait Mechanism: Shape {
        /// What is released.
        type Answer: Serialize + DeserializeOwned + Send;

        #[doc(hidden)]
        fn noised<R: Rng + ?Sized>(
            bounds: &Self::Bounds,
            classes: &[Class<Self>],
            rng: &mut R,
        ) -> Result<Released<Self::Answer>, ScaleError>;
    }
}

/// Of the ε of a mean or a total, four fifths go to the sum and one fifth to the number of people.
const SUM_SHARE: (u128, u128) = (4, 5);
const COUNT_SHARE: (u128, u128) = (1, 5);
const WHOLE: (u128, u128) = (1, 1);

/// A share of a share.
const fn share_of(part: (u128, u128), whole: (u128, u128)) -> (u128, u128) {
    (part.0 * whole.0, part.1 * whole.1)
}

/// Noise for a number that one person changes by at most `sensitivity`, from a share of ε, with its scale.
///
/// The scale is `sensitivity / (ε · share)`, as an exact fraction.
fn noise_for(
    sensitivity: u128,
    epsilon: MicroEpsilon,
    share: (u128, u128),
) -> Result<(DiscreteLaplace, f64), ScaleError> {
    // A range has at most 2^62 steps and a share at most 2^35 parts, so this stays below 2^117.
    let numerator = sensitivity * 1_000_000 * share.1;
    let denominator = u128::from(epsilon.micros()) * share.0;
    Ok((DiscreteLaplace::new(numerator, denominator)?, numerator as f64 / denominator as f64))
}

/// A sum and a number of people, pooled over all classes, with noise.
struct Pooled {
    /// Σ(2x − min − max), in half steps.
    twice_centred: i128,
    people: i128,
    /// The scales of the noise of the sums, in half steps, and of the numbers of people.
    scales: Vec<(f64, f64)>,
}

impl Pooled {
    fn draw<S, R>(column: &Column, classes: &[Class<S>], rng: &mut R) -> Result<Self, ScaleError>
    where
        S: Shape<Bounds = Column, Raw = i128>,
        R: Rng + ?Sized,
    {
        let classes =
            classes.iter().map(|(epsilon, raw)| (*epsilon, *raw.raw(), i128::from(raw.contributors())));
        Self::draw_share(column, classes, WHOLE, rng)
    }

    /// The same for a share of the ε: for each class its ε, its sum and its number of people.
    fn draw_share<R: Rng + ?Sized>(
        column: &Column,
        classes: impl Iterator<Item = (MicroEpsilon, i128, i128)>,
        share: (u128, u128),
        rng: &mut R,
    ) -> Result<Self, ScaleError> {
        let mut pooled = Self { twice_centred: 0, people: 0, scales: Vec::new() };
        for (epsilon, sum, people) in classes {
            let (sum_noise, sum_scale) = noise_for(column.range(), epsilon, share_of(SUM_SHARE, share))?;
            let (count_noise, count_scale) = noise_for(1, epsilon, share_of(COUNT_SHARE, share))?;
            pooled.twice_centred += sum + sum_noise.draw_from(rng);
            pooled.people += people + count_noise.draw_from(rng);
            pooled.scales.push((sum_scale, count_scale));
        }
        Ok(pooled)
    }

    /// middle + ΣS / Σn, within the bounds of the field.
    fn mean(&self, column: &Column) -> Fixed {
        // Within ±2^62 steps, times a thousand: far from overflowing.
        let offset = divide_rounded(self.twice_centred * MEAN_SCALE, self.people.max(1));
        let twice = (offset + column.twice_middle() * MEAN_SCALE)
            .clamp(2 * column.min() * MEAN_SCALE, 2 * column.max() * MEAN_SCALE);
        Fixed::new(divide_rounded(twice, 2), column.decimals() + MEAN_DECIMALS)
    }

    /// ΣS + middle · Σn.
    fn total(&self, column: &Column) -> Fixed {
        let twice = self.twice_centred + column.twice_middle().saturating_mul(self.people);
        Fixed::new(divide_rounded(twice, 2), column.decimals())
    }

    fn mean_with_noise(&self, column: &Column) -> (Fixed, NoiseInterval) {
        let value = self.mean(column);
        let people = self.people.max(1) as f64;
        // One person more or less in the number moves the mean by its distance from the middle.
        let twice_distance = 2 * value.steps() - column.twice_middle() * MEAN_SCALE;
        let sum_unit = 2.0 * people / MEAN_SCALE as f64;
        let noise = self.within(sum_unit, twice_distance as f64 / 2.0 / people, value.decimals());
        (value, noise)
    }

    fn total_with_noise(&self, column: &Column) -> (Fixed, NoiseInterval) {
        let noise = self.within(2.0, column.twice_middle() as f64 / 2.0, column.decimals());
        (self.total(column), noise)
    }

    /// The interval of `(sum / sum_unit) + count · count_weight`, in steps.
    fn within(&self, sum_unit: f64, count_weight: f64, decimals: u8) -> NoiseInterval {
        let scales: Vec<f64> = self
            .scales
            .iter()
            .flat_map(|(sum, count)| [sum / sum_unit, count * count_weight.abs()])
            .collect();
        interval(&scales, decimals)
    }

    /// The number of people as a bucket may show it.
    fn people(&self) -> u64 {
        u64::try_from(self.people).unwrap_or(0)
    }
}

fn interval(scales: &[f64], decimals: u8) -> NoiseInterval {
    NoiseInterval { within: Fixed::new(within_95(scales).ceil() as i128, decimals), percent: 95 }
}

fn policy<S: Shape>(classes: &[Class<S>]) -> Policy {
    Policy::Noise { classes: classes.iter().map(|(epsilon, _)| *epsilon).collect() }
}

impl mechanism::Mechanism for Mean {
    type Answer = Fixed;

    fn noised<R: Rng + ?Sized>(
        column: &Column,
        classes: &[Class<Self>],
        rng: &mut R,
    ) -> Result<Released<Fixed>, ScaleError> {
        let pooled = Pooled::draw(column, classes, rng)?;
        let (value, noise) = pooled.mean_with_noise(column);
        Ok(Released::new(value, policy(classes), pooled.people(), Some(noise)))
    }
}

impl mechanism::Mechanism for Total {
    type Answer = Fixed;

    fn noised<R: Rng + ?Sized>(
        column: &Column,
        classes: &[Class<Self>],
        rng: &mut R,
    ) -> Result<Released<Fixed>, ScaleError> {
        let pooled = Pooled::draw(column, classes, rng)?;
        let (value, noise) = pooled.total_with_noise(column);
        Ok(Released::new(value, policy(classes), pooled.people(), Some(noise)))
    }
}

impl mechanism::Mechanism for Count {
    type Answer = u64;

    /// Σn, set to zero only at the end where it is negative: doing so class by class would make it too large.
    fn noised<R: Rng + ?Sized>(
        (): &(),
        classes: &[Class<Self>],
        rng: &mut R,
    ) -> Result<Released<u64>, ScaleError> {
        let mut people = 0;
        let mut scales = Vec::new();
        for (epsilon, raw) in classes {
            let (noise, scale) = noise_for(1, *epsilon, WHOLE)?;
            people += i128::from(raw.contributors()) + noise.draw_from(rng);
            scales.push(scale);
        }
        let people = u64::try_from(people).unwrap_or(0);
        Ok(Released::new(people, policy(classes), people, Some(interval(&scales, 0))))
    }
}

/// Noise on each cell. Each person is in one cell, so each cell takes the whole ε.
///
/// Cells may be negative: setting them to zero would make their sums too large.
fn cells<S: Shape<Raw = Vec<u64>>, R: Rng + ?Sized>(
    length: usize,
    classes: &[Class<S>],
    rng: &mut R,
) -> Result<(Vec<i64>, NoiseInterval), ScaleError> {
    let mut cells = vec![0_i128; length];
    let mut scales = Vec::new();
    for (epsilon, raw) in classes {
        let (noise, scale) = noise_for(1, *epsilon, WHOLE)?;
        for (cell, count) in cells.iter_mut().zip(raw.raw()) {
            *cell += i128::from(*count) + noise.draw_from(rng);
        }
        scales.push(scale);
    }
    let cells = cells.into_iter().map(|cell| cell.clamp(i64::MIN.into(), i64::MAX.into()) as i64).collect();
    Ok((cells, interval(&scales, 0)))
}

fn people(cells: &[i64]) -> u64 {
    let sum: i128 = cells.iter().map(|cell| i128::from(*cell)).sum();
    u64::try_from(sum).unwrap_or(0)
}

impl mechanism::Mechanism for Histogram {
    type Answer = HistogramOf<i64>;

    fn noised<R: Rng + ?Sized>(
        axis: &Axis,
        classes: &[Class<Self>],
        rng: &mut R,
    ) -> Result<Released<Self::Answer>, ScaleError> {
        let (cells, noise) = cells(axis.cells(), classes, rng)?;
        let people = people(&cells);
        let cells = axis.labels().map(str::to_owned).zip(cells).collect();
        let value = HistogramOf { field: axis.name().to_owned(), cells, total: None };
        Ok(Released::new(value, policy(classes), people, Some(noise)))
    }
}

impl mechanism::Mechanism for Table {
    type Answer = TableOf<i64>;

    fn noised<R: Rng + ?Sized>(
        (rows, columns): &(Axis, Axis),
        classes: &[Class<Self>],
        rng: &mut R,
    ) -> Result<Released<Self::Answer>, ScaleError> {
        let (cells, noise) = cells(rows.cells() * columns.cells(), classes, rng)?;
        let people = people(&cells);
        let value = TableOf {
            fields: (rows.name().to_owned(), columns.name().to_owned()),
            rows: rows.labels().map(str::to_owned).collect(),
            columns: columns.labels().map(str::to_owned).collect(),
            cells: cells.chunks(columns.cells().max(1)).map(<[i64]>::to_vec).collect(),
            margins: None,
        };
        Ok(Released::new(value, policy(classes), people, Some(noise)))
    }
}

#[cfg(test)]
mod survey_tests;
#[cfg(test)]
mod tests;

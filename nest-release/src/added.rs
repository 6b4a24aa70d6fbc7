//! Noise on each value: what people know as "noise addition". It gives no guarantee.
//!
//! It is here because it is asked for, and so that it goes through the one gate: values are noised before they are added
//! up, the answer is drawn once and stored, and its policy says what it is.

use std::collections::HashMap;

use prio::dp::Rational;
use prio::dp::distributions::DiscreteGaussian;
use rand::Rng;
use rand::distr::Distribution;

use crate::bounds::Column;
use crate::fixed::divide_rounded;
use crate::minimum::{MEAN_DECIMALS, MEAN_SCALE};
use crate::shape::sealed::Parts;
use crate::survey::{Part, PartAnswer, PartValue, Replies, Survey, SurveyParts, SurveyRow};
use crate::{
    Bucket, Fixed, NoiseInterval, PersonToken, Policy, Question, Refused, Released, StorageError, TallyError,
};

/// What is collected for an answer with noise on each value.
///
/// Like a [`RawAggregate`](crate::RawAggregate), it cannot be printed, copied or looked into.
pub struct AddedNoise {
    bounds: SurveyParts,
    /// The noise of each person in thousandths of the range, and their rows.
    people: HashMap<PersonToken, (u32, Replies)>,
}

/// A number in half steps from the middle of its range, with its noise; and the sum of the variances, in half steps.
#[derive(Default)]
struct Sum {
    twice_centred: i128,
    people: i128,
    variance: f64,
}

impl AddedNoise {
    /// An empty collection for a question.
    pub fn new(question: &Question<Survey>) -> Self {
        Self { bounds: question.bounds.clone(), people: HashMap::new() }
    }

    /// Adds a row of a person. The noise on their values has a standard deviation of so many thousandths of the range.
    ///
    /// # Errors
    /// The part does not exist, or is neither a number of people nor a mean nor a sum; or the row is no value of it.
    pub fn add(&mut self, person: &PersonToken, per_mille: u32, row: SurveyRow) -> Result<(), TallyError> {
        if !matches!(self.bounds.parts.get(row.part), Some(Part::Count | Part::Mean(_) | Part::Total(_))) {
            return Err(TallyError::Mismatch);
        }
        let (_, replies) = self.people.entry(*person).or_insert_with(|| (per_mille, Replies::default()));
        Survey::add_row(&self.bounds, replies, row)
    }

    /// Draws the noise of every value and adds up.
    pub(crate) fn release<R: Rng + ?Sized>(
        self,
        minimum: u32,
        rng: &mut R,
    ) -> Result<Released<Vec<PartAnswer>>, crate::BudgetError> {
        let minimum = minimum.max(2);
        if self.people.len() < minimum as usize {
            return Err(Refused::TooFew.into());
        }
        let people = self.people.len() as u64;
        let mut sums: Vec<Sum> = self.bounds.parts.iter().map(|_| Sum::default()).collect();
        let mut gaussians = HashMap::new();
        let mut per_mille = (u32::MAX, 0);
        for (noise, replies) in self.people.into_values() {
            per_mille = (per_mille.0.min(noise), per_mille.1.max(noise));
            let mut alone = Survey::nothing(&self.bounds);
            Survey::add_person(&self.bounds, &mut alone, replies);
            for (number, ((sum, raw), part)) in sums.iter_mut().zip(alone).zip(&self.bounds.parts).enumerate()
            {
                if raw.people == 0 {
                    continue;
                }
                sum.people += 1;
                let (Part::Mean(column) | Part::Total(column)) = part else { continue };
                // In steps, so twice as much in half steps.
                let deviation = column.range() * u128::from(noise);
                let gaussian = match gaussians.entry((number, noise)) {
                    std::collections::hash_map::Entry::Occupied(known) => known.into_mut(),
                    std::collections::hash_map::Entry::Vacant(free) => free.insert(gaussian(deviation)?),
                };
                let drawn = gaussian.as_ref().map_or(0, |gaussian| {
                    i128::try_from(gaussian.sample(rng)).unwrap_or(0).clamp(-MAX_DRAW, MAX_DRAW)
                });
                sum.twice_centred += raw.numbers.first().copied().unwrap_or(0) + 2 * drawn;
                sum.variance += (2.0 * deviation as f64 / 1_000.0).powi(2);
            }
        }
        let answers = sums.iter().zip(&self.bounds.parts).map(|(sum, part)| sum.answer(part)).collect();
        let policy = Policy::AddedNoise { minimum, per_mille };
        Ok(Released::new(answers, policy, people, None))
    }
}

/// A draw beyond this does not happen: it is many thousand standard deviations away.
const MAX_DRAW: i128 = 1 << 80;

/// The distribution with this standard deviation, in thousandths of a step; none where it is zero.
fn gaussian(per_mille: u128) -> Result<Option<DiscreteGaussian>, StorageError> {
    let failed = |_| StorageError::new("no noise can be drawn");
    if per_mille == 0 {
        return Ok(None);
    }
    let deviation = Rational::from_unsigned(per_mille, 1_000_u128).map_err(failed)?;
    Ok(Some(DiscreteGaussian::new(deviation).map_err(failed)?))
}

impl Sum {
    fn answer(&self, part: &Part) -> PartAnswer {
        let people = u64::try_from(self.people).unwrap_or(0);
        let divisor = self.people.max(1);
        // 95 of 100 draws of a Gaussian are within 1.96 standard deviations; in half steps.
        let within = 1.96 * self.variance.sqrt() / 2.0;
        let fixed = |within: f64, decimals| NoiseInterval {
            within: Fixed::new(within.ceil() as i128, decimals),
            percent: 95,
        };
        let mean = |column: &Column| {
            let twice =
                divide_rounded(self.twice_centred * MEAN_SCALE, divisor) + column.twice_middle() * MEAN_SCALE;
            Fixed::new(divide_rounded(twice, 2), column.decimals() + MEAN_DECIMALS)
        };
        let (value, noise) = match part {
            Part::Mean(column) => {
                let value = mean(column);
                (
                    PartValue::Mean { value },
                    Some(fixed(within * MEAN_SCALE as f64 / divisor as f64, value.decimals())),
                )
            }
            Part::Total(column) => {
                let twice = self.twice_centred + column.twice_middle() * self.people;
                let value = Fixed::new(divide_rounded(twice, 2), column.decimals());
                (PartValue::Total { value }, Some(fixed(within, column.decimals())))
            }
            _ => (PartValue::Count { value: people }, None),
        };
        PartAnswer { value, contributors: Bucket::of(people), noise }
    }
}

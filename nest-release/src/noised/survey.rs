//! The noise of a survey: each part spends its share of the ε of every class.

use rand::Rng;

use super::{COUNT_SHARE, Class, Pooled, SUM_SHARE, WHOLE, interval, mechanism, noise_for, policy, share_of};
use super::{correlation, quantile};
use crate::noise::ScaleError;
use crate::survey::{Part, PartAnswer, PartRaw, PartValue, Survey, SurveyParts};
use crate::{Bucket, HistogramOf, MicroEpsilon, NoiseInterval, Released};

/// A part of one class: its ε, and what its people come to.
pub(super) type PartOfClass<'c> = (MicroEpsilon, &'c PartRaw);

impl mechanism::Mechanism for Survey {
    type Answer = Vec<PartAnswer>;

    fn noised<R: Rng + ?Sized>(
        bounds: &SurveyParts,
        classes: &[Class<Self>],
        rng: &mut R,
    ) -> Result<Released<Self::Answer>, ScaleError> {
        let mut answers = Vec::new();
        let mut most = 0;
        for (number, (part, share)) in bounds.parts.iter().zip(&bounds.shares).enumerate() {
            let classes: Vec<PartOfClass<'_>> = classes
                .iter()
                .filter_map(|(epsilon, raw)| raw.raw().get(number).map(|raw| (*epsilon, raw)))
                .collect();
            let share = (u128::from(share.0), u128::from(share.1));
            let (value, people, noise) = answer(part, share, &classes, rng)?;
            most = most.max(people);
            answers.push(PartAnswer { value, contributors: Bucket::of(people), noise });
        }
        Ok(Released::new(answers, policy(classes), most, None))
    }
}

type Answered = (PartValue, u64, Option<NoiseInterval>);

fn answer<R: Rng + ?Sized>(
    part: &Part,
    share: (u128, u128),
    classes: &[PartOfClass<'_>],
    rng: &mut R,
) -> Result<Answered, ScaleError> {
    let sums = || {
        classes.iter().map(|(epsilon, raw)| {
            (*epsilon, raw.numbers.first().copied().unwrap_or(0), i128::from(raw.people))
        })
    };
    Ok(match part {
        Part::Count => {
            let (people, noise) = people(share, classes, rng)?;
            (PartValue::Count { value: people }, people, Some(noise))
        }
        Part::Mean(column) => {
            let pooled = Pooled::draw_share(column, sums(), share, rng)?;
            let (value, noise) = pooled.mean_with_noise(column);
            (PartValue::Mean { value }, pooled.people(), Some(noise))
        }
        Part::Total(column) => {
            let pooled = Pooled::draw_share(column, sums(), share, rng)?;
            let (value, noise) = pooled.total_with_noise(column);
            (PartValue::Total { value }, pooled.people(), Some(noise))
        }
        Part::Histogram(axis) => {
            let mut cells = vec![0_i128; axis.cells()];
            let mut scales = Vec::new();
            for (epsilon, raw) in classes {
                let (noise, scale) = noise_for(1, *epsilon, share_of(WHOLE, share))?;
                for (cell, count) in cells.iter_mut().zip(&raw.numbers) {
                    *cell += count + noise.draw_from(rng);
                }
                scales.push(scale);
            }
            let cells: Vec<i64> =
                cells.into_iter().map(|cell| cell.clamp(i64::MIN.into(), i64::MAX.into()) as i64).collect();
            let people = super::people(&cells);
            let cells = axis.labels().map(str::to_owned).zip(cells).collect();
            let value = HistogramOf { field: axis.name().to_owned(), cells, total: None };
            (PartValue::Histogram { value }, people, Some(interval(&scales, 0)))
        }
        Part::Correlation(first, second) => {
            let (value, people, noise) = correlation::noised((first, second), share, classes, rng)?;
            (PartValue::Correlation { value }, people, noise)
        }
        Part::Quantile(column, at) => {
            let (people, _) = people(share_of(COUNT_SHARE, share), classes, rng)?;
            let chosen = quantile::chosen(column, *at, share_of(SUM_SHARE, share), classes, rng);
            (PartValue::Quantile { value: chosen.value, within_people: chosen.within_people }, people, None)
        }
    })
}

/// Σn with noise, set to zero at the end where it is negative.
fn people<R: Rng + ?Sized>(
    share: (u128, u128),
    classes: &[PartOfClass<'_>],
    rng: &mut R,
) -> Result<(u64, NoiseInterval), ScaleError> {
    let (mut people, mut scales) = (0_i128, Vec::new());
    for (epsilon, raw) in classes {
        let (noise, scale) = noise_for(1, *epsilon, share)?;
        people += i128::from(raw.people) + noise.draw_from(rng);
        scales.push(scale);
    }
    Ok((u64::try_from(people).unwrap_or(0), interval(&scales, 0)))
}

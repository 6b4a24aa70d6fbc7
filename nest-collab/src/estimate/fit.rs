//! The model of one table: a Bernoulli number plus a Poisson number, whose mean is one of several.

use std::fmt;

use super::frequencies::{Frequencies, multinomial};

/// The most latent classes that are tried.
const MOST_CLASSES: usize = 4;

/// The most false links of a record that are drawn.
const MOST_LINKS: usize = 200;

/// The most rounds of the algorithm, and the gain of the likelihood for each record below which it ends.
const ROUNDS: usize = 4_000;
const GAIN: f64 = 1e-12;

/// A model of how many links records have.
#[derive(Debug, Clone, PartialEq)]
pub struct Fit {
    /// The share of records with a true link.
    pub share: f64,
    /// The mean number of false links of a record, over all classes.
    pub lambda: f64,
    /// The classes: the share of records in each, and their mean number of false links.
    pub classes: Vec<(f64, f64)>,
    pub(super) likelihood: f64,
}

/// Why no model was made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Unfit {
    /// There are no records, or none of them has a link.
    NoLinks,
    /// The two tables are not of the same records.
    OtherRecords,
    /// The linkage key keeps false pairs as well as true ones: totals cannot be corrected.
    NoContrast,
}

impl fmt::Display for Unfit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Unfit::NoLinks => "no record has a link: there is nothing to estimate",
            Unfit::OtherRecords => {
                "the two tables are not of the same records: their numbers of records differ, or more pairs were \
                 linked than blocked"
            }
            Unfit::NoContrast => {
                "the linkage key keeps as many false pairs as true ones: totals cannot be corrected by it"
            }
        })
    }
}

impl std::error::Error for Unfit {}

impl Fit {
    /// The best model by AIC. A model of `G` classes has `2G` parameters: `G − 1` shares, `G` means, and the share of
    /// records with a true link.
    ///
    /// # Errors
    ///
    /// [`Unfit::NoLinks`]
    pub fn best(table: &Frequencies) -> Result<Self, Unfit> {
        if table.links() == 0 {
            return Err(Unfit::NoLinks);
        }
        let fits = (1..=MOST_CLASSES).map(|classes| Self::of_classes(table, classes));
        let best = fits.min_by(|one, other| one.aic().total_cmp(&other.aic()));
        best.ok_or(Unfit::NoLinks)
    }

    fn aic(&self) -> f64 {
        2.0 * (2 * self.classes.len()) as f64 - 2.0 * self.likelihood
    }

    /// The most likely model with so many classes, of several starts.
    fn of_classes(table: &Frequencies, classes: usize) -> Self {
        let mean = table.links() as f64 / table.records() as f64;
        let mut starts = vec![0.05, 0.5, 0.95];
        // Complete coverage lies at the border, which the algorithm reaches at its end only.
        if table.cells().next().is_none_or(|(_, none)| none == 0) {
            starts.push(1.0);
        }
        let fits = starts.into_iter().map(|share| {
            let lambda = (mean - share).max(0.05 * mean);
            let spread = |class: usize| {
                let class_mean = lambda * 2.0 * (class as f64 + 0.5) / classes as f64;
                (1.0 / classes as f64, class_mean)
            };
            let start =
                Self { share, lambda, classes: (0..classes).map(spread).collect(), likelihood: f64::MIN };
            start.improved(table)
        });
        fits.max_by(|one, other| one.likelihood.total_cmp(&other.likelihood)).unwrap_or_else(Self::empty)
    }

    fn empty() -> Self {
        Self { share: 0.0, lambda: 0.0, classes: vec![(1.0, 0.0)], likelihood: f64::MIN }
    }

    /// A table of as many records under this model, with as many true links as the model has: what false links alone do.
    pub(super) fn drawn(&self, records: u64, rng: &mut impl rand::Rng) -> Frequencies {
        let (mut shares, mut left, mut links) = (Vec::new(), 1.0, 0);
        while left > 1e-9 && links < MOST_LINKS {
            let share: f64 = self.classes.iter().map(|(share, lambda)| share * poisson(links, *lambda)).sum();
            shares.push(share);
            left -= share;
            links += 1;
        }
        let with = ((self.share * records as f64).round() as u64).min(records);
        let mut cells = multinomial(records - with, &shares, rng);
        cells.push(0);
        for (cell, number) in cells.iter_mut().skip(1).zip(multinomial(with, &shares, rng)) {
            *cell += number;
        }
        Frequencies::new(cells)
    }

    /// Expectation and maximisation until the likelihood does not grow.
    pub(super) fn improved(mut self, table: &Frequencies) -> Self {
        let records = table.records().max(1) as f64;
        for _ in 0..ROUNDS {
            let mut true_links = 0.0;
            let mut sums = vec![(0.0, 0.0); self.classes.len()];
            let mut likelihood = 0.0;
            for (links, count) in table.cells().filter(|(_, count)| *count > 0) {
                let parts: Vec<(f64, f64)> = (self.classes.iter())
                    .map(|(share, lambda)| {
                        let without = share * (1.0 - self.share) * poisson(links, *lambda);
                        let with = links.checked_sub(1).map_or(0.0, |links| poisson(links, *lambda));
                        (without, share * self.share * with)
                    })
                    .collect();
                let all: f64 = parts.iter().map(|(without, with)| without + with).sum();
                if all <= 0.0 {
                    likelihood += count as f64 * f64::MIN_POSITIVE.ln();
                    continue;
                }
                likelihood += count as f64 * all.ln();
                let weight = count as f64 / all;
                for ((without, with), (class, false_links)) in parts.iter().zip(&mut sums) {
                    true_links += weight * with;
                    *class += weight * (without + with);
                    *false_links += weight * (links as f64 * without + links.saturating_sub(1) as f64 * with);
                }
            }
            let gained = likelihood - self.likelihood;
            self.likelihood = likelihood;
            self.share = (true_links / records).clamp(0.0, 1.0);
            for ((share, lambda), (class, false_links)) in self.classes.iter_mut().zip(sums) {
                *share = class / records;
                *lambda = if class > 0.0 { false_links / class } else { 0.0 };
            }
            if gained.abs() < GAIN * records {
                break;
            }
        }
        self.lambda = self.classes.iter().map(|(share, lambda)| share * lambda).sum();
        self
    }
}

/// The probability of a number of links under a mean.
fn poisson(number: usize, mean: f64) -> f64 {
    let mut probability = (-mean).exp();
    for factor in 1..=number {
        probability *= mean / factor as f64;
    }
    probability
}

//! What a query costs in privacy, before anything is spent.

use nest_release::MicroEpsilon;
use serde::Serialize;

use super::check::Query;
use super::function::Ask;
use super::plan::Plan;
use crate::level::{Level, Profile};

/// What a query would spend.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Quote {
    /// For each level that may take part: the ε that the whole query spends of a person at that level.
    pub classes: Vec<ClassQuote>,
    /// How that ε is divided.
    pub parts: Vec<PartQuote>,
}

/// What a query spends of a person at a level.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct ClassQuote {
    /// The level.
    pub level: Level,
    /// The ε of the whole query. Zero for a data set: k-anonymity has no ε, and no measure that adds up.
    pub epsilon: MicroEpsilon,
    /// The fewest people who look the same, for a data set.
    pub k: Option<u32>,
}

/// What one part of a query takes of the ε.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct PartQuote {
    /// The call.
    pub call: String,
    /// What of it: `sum`, `number of people`, `cells`, `moments`, `quantile`.
    pub what: &'static str,
    /// How many times, once for each period.
    pub times: u32,
    /// The share of the query's ε that each of them takes, as a fraction.
    pub share: (u64, u64),
}

impl Quote {
    /// What several queries together would spend of a person at each level that all of them allow: the price of a batch.
    pub fn total<'q>(quotes: impl IntoIterator<Item = &'q Quote>) -> Vec<ClassQuote> {
        let mut quotes = quotes.into_iter();
        let mut total = quotes.next().map(|quote| quote.classes.clone()).unwrap_or_default();
        for quote in quotes {
            total.retain_mut(|sum| match quote.classes.iter().find(|class| class.level == sum.level) {
                Some(class) => {
                    sum.epsilon = sum.epsilon.saturating_add(class.epsilon);
                    sum.k = sum.k.max(class.k);
                    true
                }
                None => false,
            });
        }
        total
    }
}

impl Plan {
    /// What the query would spend of people up to a level. Nothing is charged, and no data are looked at.
    pub fn quote(&self, query: &Query, profile: &Profile, max_level: Level) -> Quote {
        let data_set = query.is_data_set();
        let classes = Level::SHARED.into_iter().filter(|level| *level <= max_level).filter_map(|level| {
            let anchor = profile.at(level)?;
            Some(ClassQuote {
                level,
                epsilon: if data_set { MicroEpsilon::default() } else { anchor.epsilon },
                k: data_set.then_some(anchor.k.max(2)),
            })
        });
        Quote { classes: classes.collect(), parts: self.part_quotes(query) }
    }

    fn part_quotes(&self, query: &Query) -> Vec<PartQuote> {
        let mut quotes: Vec<PartQuote> = Vec::new();
        let shares = self.survey().map(|survey| survey.shares()).unwrap_or_default();
        for (part, (numerator, denominator)) in self.parts().iter().zip(shares) {
            let call = query.calls().get(part.call).map_or_else(String::new, |call| call.text().to_owned());
            let split: &[(&'static str, u64, u64)] = match part.ask {
                Ask::Mean(..) | Ask::Total(..) => &[("sum", 4, 5), ("number of people", 1, 5)],
                Ask::Quantile(..) => &[("quantile", 4, 5), ("number of people", 1, 5)],
                Ask::Count(_) => &[("number of people", 1, 1)],
                Ask::Histogram(..) => &[("cells", 1, 1)],
                Ask::Correlation(..) => &[("six moments", 1, 1)],
            };
            for (what, of, by) in split {
                let share = reduced(numerator * of, denominator * by);
                let known = quotes
                    .iter_mut()
                    .find(|quote| quote.call == call && quote.what == *what && quote.share == share);
                match known {
                    Some(quote) => quote.times += 1,
                    None => quotes.push(PartQuote { call: call.clone(), what, times: 1, share }),
                }
            }
        }
        quotes
    }
}

fn reduced(numerator: u64, denominator: u64) -> (u64, u64) {
    let (mut a, mut b) = (numerator, denominator);
    while b != 0 {
        (a, b) = (b, a % b);
    }
    let divisor = a.max(1);
    (numerator / divisor, denominator / divisor)
}

//! What a sum came to: raw aggregates, which leave through the release policies alone.

use nest_release::{
    Bucket, Count, Fixed, Histogram, HistogramOf, MinimumCell, MinimumContributors, RawAggregate,
    ReleasePolicy, Released, Suppressible, Total,
};
use serde_json::{Map, Value as Json, json};

use super::plan::Slot;
use super::{SumError, SumItem, SumPlan};

/// One sum before any protection: see [`RawAggregate`].
#[non_exhaustive]
pub enum RawSum {
    /// The number of people.
    Count(RawAggregate<Count>),
    /// The sum of a field, or of its squares.
    Total(RawAggregate<Total>),
    /// The number of people for each value of a field.
    Histogram(RawAggregate<Histogram>),
}

/// All sums of a run before any protection, in the order of the question. It cannot be printed, copied or sent.
#[must_use = "sums leave only through a release policy"]
pub struct RawSums {
    people: RawAggregate<Count>,
    sums: Vec<(SumItem, RawSum)>,
}

/// One sum that may leave.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub enum ReleasedSum {
    /// The number of people.
    Count(Released<u64>),
    /// The sum of a field, or of its squares.
    Total(Released<Fixed>),
    /// The number of people for each value of a field, small cells suppressed.
    Histogram(Released<HistogramOf<Suppressible<u64>>>),
}

/// All sums of a run that may leave, in the order of the question.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct ReleasedSums {
    /// How many people are behind all of it, coarsely.
    pub contributors: Bucket,
    /// Each sum.
    pub sums: Vec<(SumItem, ReleasedSum)>,
}

impl SumPlan {
    /// Makes aggregates of the total of so many parties.
    ///
    /// # Errors
    ///
    /// [`SumError::Impossible`] where records within the declared bounds cannot have that total. A wrong total within
    /// the bounds is not noticed here.
    pub(crate) fn outcome(&self, total: &[u64], parties: usize) -> Result<RawSums, SumError> {
        if total.len() != self.slots.len() {
            return Err(SumError::Impossible);
        }
        for (slot, number) in self.slots.iter().zip(total) {
            if self.most(*slot, parties).is_none_or(|most| *number > most) {
                return Err(SumError::Impossible);
            }
        }
        let number = |slot: Slot| -> Result<u64, SumError> {
            let place = self.slots.iter().position(|known| *known == slot);
            place.and_then(|place| total.get(place).copied()).ok_or(SumError::Impossible)
        };
        let people = |number: u64| u32::try_from(number).map_err(|_| SumError::Impossible);
        let records = people(number(Slot::Records)?)?;
        let mut sums = Vec::with_capacity(self.items.len());
        for item in &self.items {
            let sum = match item {
                SumItem::Count => RawSum::Count(RawAggregate::from_people(records)),
                SumItem::Sum(field) => {
                    let (place, column) = self.find_column(field)?;
                    let present = people(number(Slot::Present(place))?)?;
                    let sum = i128::from(number(Slot::Shifted(place))?) + column.min() * i128::from(present);
                    RawSum::Total(RawAggregate::<Total>::from_sum(column.clone(), sum, present)?)
                }
                SumItem::Squares(field) => {
                    let (place, column) = self.find_column(field)?;
                    let present = people(number(Slot::Present(place))?)?;
                    let shifted = i128::from(number(Slot::Shifted(place))?);
                    let squares = i128::from(number(Slot::Squares(place))?);
                    // Σx² = Σ(x−m)² + 2m·Σ(x−m) + m²·n. The squares of the bounds are below 2^62, so m is below 2^31.
                    let min = column.min();
                    let sum = squares + 2 * min * shifted + min * min * i128::from(present);
                    RawSum::Total(RawAggregate::<Total>::from_sum(column.squared()?, sum, present)?)
                }
                SumItem::Histogram(field) => {
                    let place = self.axes.iter().position(|axis| axis.name() == field);
                    let place = place.ok_or(SumError::Impossible)?;
                    let axis = self.axes.get(place).ok_or(SumError::Impossible)?;
                    let counts: Result<Vec<u64>, SumError> =
                        (0..axis.cells()).map(|cell| number(Slot::Cell(place, cell))).collect();
                    let counts = counts?;
                    if counts
                        .iter()
                        .copied()
                        .try_fold(0, u64::checked_add)
                        .is_none_or(|sum| sum > records.into())
                    {
                        return Err(SumError::Impossible);
                    }
                    RawSum::Histogram(RawAggregate::<Histogram>::from_counts(axis.clone(), counts)?)
                }
            };
            sums.push((item.clone(), sum));
        }
        Ok(RawSums { people: RawAggregate::from_people(records), sums })
    }

    fn find_column(&self, field: &str) -> Result<(usize, &nest_release::Column), SumError> {
        let mut columns = self.columns.iter().enumerate();
        columns.find(|(_, column)| column.name() == field).ok_or(SumError::Impossible)
    }
}

impl RawSums {
    /// Releases exact numbers about at least `people`, and cells of histograms about at least `cell` of them.
    ///
    /// What this promises, and what it does not, is said at [`MinimumContributors`] and [`MinimumCell`].
    ///
    /// # Errors
    ///
    /// [`SumError::Refused`] where one of them is about fewer people: then none of them leaves.
    pub fn release(self, people: u32, cell: u32) -> Result<ReleasedSums, SumError> {
        let minimum = MinimumContributors::new(people);
        let contributors = minimum.release(self.people)?.contributors;
        let mut sums = Vec::with_capacity(self.sums.len());
        for (item, raw) in self.sums {
            let released = match raw {
                RawSum::Count(raw) => ReleasedSum::Count(minimum.release(raw)?),
                RawSum::Total(raw) => ReleasedSum::Total(minimum.release(raw)?),
                RawSum::Histogram(raw) => ReleasedSum::Histogram(MinimumCell::new(cell).release(raw)?),
            };
            sums.push((item, released));
        }
        Ok(ReleasedSums { contributors, sums })
    }

    /// Each sum by itself, for a policy of the caller's choice.
    pub fn into_sums(self) -> Vec<(SumItem, RawSum)> {
        self.sums
    }
}

/// The largest whole number that every reader of JSON takes for what it is.
const EXACT: i128 = 1 << 53;

impl ReleasedSums {
    /// The results as one JSON object, by the names of the items. A whole number of up to 2^53 is a number; one beyond,
    /// and one with decimals, is a text.
    pub fn results(&self) -> Json {
        let mut results = Map::new();
        for (item, sum) in &self.sums {
            let value = match sum {
                ReleasedSum::Count(released) => json!(released.value),
                ReleasedSum::Total(released) => total(released.value),
                ReleasedSum::Histogram(released) => {
                    let cells = released.value.cells.iter();
                    Json::Object(cells.map(|(label, cell)| (label.clone(), json!(cell))).collect())
                }
            };
            results.insert(item.to_string(), value);
        }
        Json::Object(results)
    }

    /// The contributors as a text: `100+`, or `fewer than 10`.
    pub fn contributors_text(&self) -> String {
        match self.contributors.at_least() {
            0 => self.contributors.to_string(),
            least => format!("{least}+"),
        }
    }
}

fn total(value: Fixed) -> Json {
    match i64::try_from(value.steps()) {
        Ok(steps) if value.decimals() == 0 && value.steps().abs() <= EXACT => json!(steps),
        _ => Json::String(value.to_string()),
    }
}

//! The plainest policy: an exact answer, but never about a few people.

use crate::fixed::divide_rounded;
use crate::{Count, Fixed, Mean, Policy, RawAggregate, Refused, ReleasePolicy, Released, Total};

/// Releases the exact answer where at least so many people are behind it.
///
/// It promises that no single answer is about fewer people. It does **not** protect against differences: two exact
/// answers about groups that differ by one person give that person's value. Use noise where a processor may ask more
/// than once.
///
/// Histograms and tables have small cells; for them there is [`MinimumCell`](crate::MinimumCell).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct MinimumContributors {
    minimum: u32,
}

impl MinimumContributors {
    /// The policy with this minimum, and at least 2: one person is no aggregate.
    pub const fn new(minimum: u32) -> Self {
        Self { minimum: if minimum < 2 { 2 } else { minimum } }
    }

    fn check<T>(self, people: u32, value: impl FnOnce(i128) -> T) -> Result<Released<T>, Refused> {
        if people < self.minimum {
            return Err(Refused::TooFew);
        }
        let policy = Policy::MinimumContributors { minimum: self.minimum };
        Ok(Released::new(value(people.into()), policy, people.into(), None))
    }
}

/// Three more decimals than the values have: a mean is finer than a step.
pub(crate) const MEAN_DECIMALS: u8 = 3;

/// `10^MEAN_DECIMALS`.
pub(crate) const MEAN_SCALE: i128 = 1_000;

impl ReleasePolicy<Count> for MinimumContributors {
    type Answer = u64;

    fn release(&self, raw: RawAggregate<Count>) -> Result<Released<u64>, Refused> {
        let people = raw.contributors();
        self.check(people, |_| people.into())
    }
}

impl ReleasePolicy<Mean> for MinimumContributors {
    type Answer = Fixed;

    fn release(&self, raw: RawAggregate<Mean>) -> Result<Released<Fixed>, Refused> {
        let column = raw.bounds();
        self.check(raw.contributors(), |people| {
            let twice_sum = raw.raw() + column.twice_middle() * people;
            Fixed::new(divide_rounded(twice_sum * MEAN_SCALE, 2 * people), column.decimals() + MEAN_DECIMALS)
        })
    }
}

impl ReleasePolicy<Total> for MinimumContributors {
    type Answer = Fixed;

    fn release(&self, raw: RawAggregate<Total>) -> Result<Released<Fixed>, Refused> {
        let column = raw.bounds();
        self.check(raw.contributors(), |people| {
            Fixed::new((raw.raw() + column.twice_middle() * people) / 2, column.decimals())
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Column;
    use crate::testing::Visit;
    use nest_core::PepRecord;

    fn mean(sum: i128, people: u32) -> RawAggregate<Mean> {
        RawAggregate::<Mean>::from_sum(Column::of(Visit::SCHEMA, "weight").unwrap(), sum, people).unwrap()
    }

    #[test]
    fn none_and_too_few_are_refused_in_the_same_words() {
        let policy = MinimumContributors::new(10);
        let none = policy.release(mean(0, 0)).unwrap_err();
        let few = policy.release(mean(9 * 700, 9)).unwrap_err();
        assert_eq!((none, none.to_string()), (few, few.to_string()));
        assert!(policy.release(mean(10 * 700, 10)).is_ok());
    }

    #[test]
    fn a_minimum_below_two_is_two() {
        assert_eq!(MinimumContributors::new(0).release(mean(700, 1)).unwrap_err(), Refused::TooFew);
    }

    #[test]
    fn exact_answers_are_exact() {
        let policy = MinimumContributors::new(10);
        let released = policy.release(mean(10_001, 12)).unwrap();
        // 1000.1 kg over 12 people, in tenths with three more decimals.
        assert_eq!(released.value.to_string(), "83.3417");
        assert_eq!(released.contributors.at_least(), 10);
        let column = Column::of(Visit::SCHEMA, "weight").unwrap();
        let total = RawAggregate::<Total>::from_sum(column, 10_001, 12).unwrap();
        assert_eq!(policy.release(total).unwrap().value.to_string(), "1000.1");
        assert_eq!(policy.release(RawAggregate::from_people(12)).unwrap().value, 12);
    }

    #[test]
    fn an_impossible_sum_is_no_aggregate() {
        let column = || Column::of(Visit::SCHEMA, "age").unwrap();
        assert!(RawAggregate::<Mean>::from_sum(column(), 121, 1).is_err());
        assert!(RawAggregate::<Mean>::from_sum(column(), -1, 5).is_err());
    }
}

//! From rows to one contribution for each person: the unit that every promise of this crate speaks of.

use std::collections::HashMap;
use std::fmt;

use crate::PersonToken;
use crate::raw::RawAggregate;
use crate::shape::Shape;

/// A row that cannot be counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum TallyError {
    /// The schema declares no such value of the field.
    NotDeclared,
    /// The person was not reserved a budget for this question.
    NotReserved,
    /// More rows of one person, or more people, than can be counted.
    TooMany,
    /// The parts do not describe the same fields, or a part has more people than were reserved for it.
    Mismatch,
}

impl fmt::Display for TallyError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            TallyError::NotDeclared => "the schema declares no such value",
            TallyError::NotReserved => "the person has no budget reserved for this question",
            TallyError::TooMany => "too many rows or people",
            TallyError::Mismatch => "the parts do not fit together",
        })
    }
}

impl std::error::Error for TallyError {}

/// Collects rows and makes one contribution of all rows of a person.
///
/// Of numbers, a person contributes the mean, rounded to a step; a number out of its bounds counts as the nearest
/// bound. Of labels, a person contributes the one that most of their rows have. A million rows of one person
/// therefore weigh as much as one.
///
/// The result does not depend on the order of the rows, nor on how they were divided among tallies that were merged.
///
/// ```
/// # use nest_core::prelude::*;
/// # #[derive(PepRecord)]
/// # #[pep(max_blocks = 2)]
/// # struct Visit {
/// #     #[pep(pseudonym)]
/// #     patient: Pseudonym,
/// #     #[pep(range = 0..=120)]
/// #     age: u8,
/// # }
/// use nest_release::{Column, Mean, MinimumContributors, PersonToken, Refused, ReleasePolicy, Tally};
///
/// let mut ages = Tally::<Mean>::new(Column::of(Visit::SCHEMA, "age")?);
/// for row in 0..50 {
///     let one_of_three = PersonToken::from_bytes([row % 3; 32]);
///     ages.add(&one_of_three, 40)?;
/// }
/// // Fifty rows, but three people.
/// let answer = MinimumContributors::new(10).release(ages.finish()?);
/// assert_eq!(answer.err(), Some(Refused::TooFew));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub struct Tally<S: Shape> {
    bounds: S::Bounds,
    people: HashMap<PersonToken, S::Person>,
}

impl<S: Shape> Tally<S> {
    /// An empty tally of these bounds: of a [`Column`](crate::Column), an [`Axis`](crate::Axis), two axes, or `()` for
    /// a count.
    pub fn new(bounds: S::Bounds) -> Self {
        Self { bounds, people: HashMap::new() }
    }

    /// Adds one row of a person: a number in steps, or the value of a label as it travels (its code).
    ///
    /// # Errors
    /// The schema does not declare this value of the label.
    pub fn add(&mut self, person: &PersonToken, row: S::Row) -> Result<(), TallyError> {
        // First the row: a person whose only row is refused must not count.
        let mut alone = S::Person::default();
        S::add_row(&self.bounds, &mut alone, row)?;
        match self.people.get_mut(person) {
            Some(known) => S::add_row(&self.bounds, known, row),
            None => {
                self.people.insert(*person, alone);
                Ok(())
            }
        }
    }

    /// Adds what another tally has collected, also of the same people.
    ///
    /// # Errors
    /// The other tally is of another field.
    pub fn merge(&mut self, other: Self) -> Result<(), TallyError> {
        if self.bounds != other.bounds {
            return Err(TallyError::Mismatch);
        }
        for (person, rows) in other.people {
            S::join(self.people.entry(person).or_default(), rows);
        }
        Ok(())
    }

    /// Adds up the people.
    ///
    /// # Errors
    /// There are more than 2^32 of them.
    pub fn finish(self) -> Result<RawAggregate<S>, TallyError> {
        let contributors = u32::try_from(self.people.len()).map_err(|_| TallyError::TooMany)?;
        let mut raw = S::nothing(&self.bounds);
        for person in self.people.into_values() {
            S::add_person(&self.bounds, &mut raw, person);
        }
        Ok(RawAggregate::new(raw, contributors, self.bounds))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{Visit, person};
    use crate::{Axis, Column, Histogram, Mean, Table};
    use proptest::prelude::*;

    fn age() -> Column {
        Column::of(Visit::SCHEMA, "age").unwrap()
    }

    use nest_core::PepRecord;

    proptest! {
        /// Any permutation and any partition of the rows gives the same value before noise.
        #[test]
        fn order_and_division_do_not_matter(
            rows in prop::collection::vec((0_u64..8, -50_i128..300, 0_i128..3, any::<prop::sample::Index>()), 0..60),
            seed in any::<u64>(),
        ) {
            let axes = || {
                (Axis::of(Visit::SCHEMA, "ward").unwrap(), Axis::of(Visit::SCHEMA, "smoker").unwrap())
            };
            let mut whole = (Tally::<Mean>::new(age()), Tally::<Table>::new(axes()));
            for (who, number, label, _) in &rows {
                whole.0.add(&person(*who), *number).unwrap();
                whole.1.add(&person(*who), (*label, label % 2)).unwrap();
            }
            let mut shuffled = rows.clone();
            shuffled.sort_by_key(|(who, number, label, _)| {
                (*who ^ seed).wrapping_mul(0x9e37_79b9_7f4a_7c15) ^ (*number as u64).rotate_left(17) ^ *label as u64
            });
            let mut parts: Vec<_> = (0..3).map(|_| (Tally::<Mean>::new(age()), Tally::<Table>::new(axes()))).collect();
            for (who, number, label, part) in &shuffled {
                let part = &mut parts[part.index(3)];
                part.0.add(&person(*who), *number).unwrap();
                part.1.add(&person(*who), (*label, label % 2)).unwrap();
            }
            let mut merged = parts.pop().unwrap();
            for part in parts {
                merged.0.merge(part.0).unwrap();
                merged.1.merge(part.1).unwrap();
            }
            let (whole, merged) =
                ((whole.0.finish().unwrap(), whole.1.finish().unwrap()), (merged.0.finish().unwrap(), merged.1.finish().unwrap()));
            prop_assert!(whole.0.raw() == merged.0.raw() && whole.0.contributors() == merged.0.contributors());
            prop_assert!(whole.1.raw() == merged.1.raw() && whole.1.contributors() == merged.1.contributors());
        }
    }

    #[test]
    fn a_million_rows_of_one_person_weigh_as_much_as_one() {
        let mut tally = Tally::<Mean>::new(age());
        for _ in 0..1_000_000 {
            tally.add(&person(1), 1_000_000).unwrap();
        }
        for other in 2..=100 {
            tally.add(&person(other), 0).unwrap();
        }
        let raw = tally.finish().unwrap();
        assert_eq!(raw.contributors(), 100);
        // In half steps from the middle: one person at the upper bound, 99 at the lower.
        assert_eq!(*raw.raw(), 120 - 99 * 120);
    }

    #[test]
    fn a_person_counts_in_one_cell() {
        let mut tally = Tally::<Histogram>::new(Axis::of(Visit::SCHEMA, "ward").unwrap());
        for ward in [2, 0, 2, 1, 1] {
            tally.add(&person(7), ward).unwrap();
        }
        // Wards 1 and 2 have two rows each: the first declared counts.
        assert_eq!(*tally.finish().unwrap().raw(), [0, 1, 0]);
    }

    #[test]
    fn an_undeclared_label_is_refused_and_nobody_is_counted() {
        let mut tally = Tally::<Histogram>::new(Axis::of(Visit::SCHEMA, "ward").unwrap());
        assert_eq!(tally.add(&person(7), 9), Err(TallyError::NotDeclared));
        assert_eq!(tally.finish().unwrap().contributors(), 0);
    }

    #[test]
    fn tallies_of_different_fields_do_not_merge() {
        let mut ages = Tally::<Mean>::new(age());
        let other = Tally::<Mean>::new(Column::of(Visit::SCHEMA, "weight").unwrap());
        assert_eq!(ages.merge(other), Err(TallyError::Mismatch));
    }
}

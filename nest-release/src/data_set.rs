//! Data sets with a row for each person, released so that no person is alone with their values.

use std::collections::HashMap;

use nest_schema::SchemaOf;
use rand::seq::SliceRandom;
use serde::{Deserialize, Serialize};

use crate::bounds::Scale;
use crate::mondrian::{self, Row};
use crate::{BoundsError, Bucket, PersonToken, Policy, Refused, Released, TallyError};

/// The most fields that people are grouped by. With more, classes get so wide that they say nothing.
pub const MAX_GROUP_FIELDS: usize = 8;

/// The fields of a data set: those that others may know of a person, and those that are released beside them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DataSetFields {
    group_by: Vec<Scale>,
    with: Vec<Scale>,
}

impl DataSetFields {
    /// Reads the fields from the schema.
    ///
    /// `group_by` names what somebody may know of a person and find them by: age, place, profession. Those are made
    /// coarser. `with` names what is released as it is.
    ///
    /// # Errors
    /// A field is missing or has no bounds, or there are none or more than [`MAX_GROUP_FIELDS`] to group by.
    pub fn of(schema: &SchemaOf<'_>, group_by: &[&str], with: &[&str]) -> Result<Self, BoundsError> {
        if group_by.is_empty() || group_by.len() > MAX_GROUP_FIELDS {
            return Err(BoundsError::Type {
                field: group_by.join(", "),
                expected: "from one to eight fields to group by",
            });
        }
        let scales =
            |fields: &[&str]| fields.iter().map(|field| Scale::of(schema, field)).collect::<Result<_, _>>();
        Ok(Self { group_by: scales(group_by)?, with: scales(with)? })
    }

    pub(crate) fn describe(&self) -> String {
        let describe = |scales: &[Scale]| scales.iter().map(Scale::describe).collect::<Vec<_>>().join(";");
        format!("{}|{}", describe(&self.group_by), describe(&self.with))
    }
}

/// The rows of a data set before any protection, one for each person.
///
/// Like a [`RawAggregate`](crate::RawAggregate), it cannot be printed, copied or sent. It leaves through
/// [`Budget::release_data_set`](crate::Budget::release_data_set).
///
/// ```compile_fail,E0277
/// fn print(raw: nest_release::RawDataSet) {
///     println!("{raw:?}"); // no `Debug`
/// }
/// ```
///
/// ```compile_fail,E0599
/// fn keep(raw: &nest_release::RawDataSet) -> nest_release::RawDataSet {
///     raw.clone() // no `Clone`
/// }
/// ```
pub struct RawDataSet {
    fields: DataSetFields,
    people: HashMap<PersonToken, (Row, Vec<Option<i128>>)>,
}

/// A released data set.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct DataSet {
    /// The fields that were made coarser, in the order of [`DataClass::values`].
    pub group_by: Vec<String>,
    /// The fields that are as they were, in the order of the rows of [`DataClass::rows`].
    pub with: Vec<String>,
    /// The classes. No two have the same values.
    pub classes: Vec<DataClass>,
    /// The people who are in no class.
    pub suppressed: SuppressedRows,
}

/// People who look the same.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct DataClass {
    /// What all of them have in common.
    pub values: Vec<Coarse>,
    /// A row for each of them, in random order: the values that are as they were, and `null` where one is absent.
    pub rows: Vec<Vec<Option<String>>>,
}

/// A coarse value: from one value to another, both included, or absent, or either of the two.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Coarse {
    /// The first and the last value; none where the value is absent in the whole class.
    pub range: Option<(String, String)>,
    /// Whether the value may be absent.
    pub absent: bool,
}

/// Rows that are not there. They are a type of their own, so that no reader takes them for a class of people who share
/// the value `*`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct SuppressedRows {
    /// How many people, coarsely.
    pub people: Bucket,
}

impl RawDataSet {
    /// An empty data set.
    pub fn new(fields: DataSetFields) -> Self {
        Self { fields, people: HashMap::new() }
    }

    /// Adds the row of a person: the values as they travel, in the order of the fields, `None` where one is absent.
    ///
    /// `k` is the smallest class that the person agrees to be in. They may be put in a class of people who ask for
    /// more, never in a smaller one. A `k` below 2 counts as 2.
    ///
    /// # Errors
    /// The person has a row already, there are not as many values as fields, or a value is not declared.
    pub fn add(
        &mut self,
        person: &PersonToken,
        k: u32,
        group_by: &[Option<i128>],
        with: &[Option<i128>],
    ) -> Result<(), TallyError> {
        let fields = &self.fields;
        if group_by.len() != fields.group_by.len() || with.len() != fields.with.len() {
            return Err(TallyError::Mismatch);
        }
        let place = |scale: &Scale, value: Option<i128>| match value {
            None if scale.optional => Some(None),
            None => None,
            Some(value) => scale.place(value).map(Some),
        };
        let places = |scales: &[Scale], values: &[Option<i128>]| -> Option<Vec<Option<i128>>> {
            scales.iter().zip(values).map(|(scale, value)| place(scale, *value)).collect()
        };
        let group = places(&fields.group_by, group_by).ok_or(TallyError::NotDeclared)?;
        let with = places(&fields.with, with).ok_or(TallyError::NotDeclared)?;
        let steps = group
            .iter()
            .zip(&fields.group_by)
            .map(|(place, scale)| place.map_or(0, |place| step(scale, place)));
        let row = Row { places: steps.collect(), k: k.max(2) };
        match self.people.entry(*person) {
            std::collections::hash_map::Entry::Occupied(_) => Err(TallyError::Mismatch),
            std::collections::hash_map::Entry::Vacant(free) => {
                free.insert((row, with));
                Ok(())
            }
        }
    }

    pub(crate) fn fields(&self) -> &DataSetFields {
        &self.fields
    }

    /// Makes it k-anonymous.
    pub(crate) fn anonymise(self) -> Result<Released<DataSet>, Refused> {
        let scales = &self.fields.group_by;
        let (rows, with): (Vec<_>, Vec<_>) = self.people.into_values().unzip();
        let space: Vec<_> =
            scales.iter().map(|scale| (u64::from(!scale.optional), step(scale, scale.max))).collect();
        let cut = |field: usize, before: u64, at: u64| match scales.get(field) {
            // Between absent and there: everything that is there.
            Some(_) if before == 0 => 1,
            Some(scale) => step(scale, scale.cut(place(scale, before), place(scale, at))),
            None => at,
        };
        let classes = mondrian::partition(&rows, &space, &cut);
        if classes.is_empty() {
            return Err(Refused::TooFew);
        }
        let released: usize = classes.iter().map(|class| class.rows.len()).sum();
        let ks =
            || classes.iter().flat_map(|class| &class.rows).filter_map(|row| rows.get(*row)).map(|row| row.k);
        let policy = Policy::KAnonymity { k: (ks().min().unwrap_or(0), ks().max().unwrap_or(0)) };
        let written = classes.iter().map(|class| {
            let values =
                class.region.iter().zip(scales).map(|(range, scale)| coarse(scale, *range)).collect();
            let mut values_with: Vec<Vec<Option<String>>> = class
                .rows
                .iter()
                .filter_map(|row| with.get(*row))
                .map(|row| {
                    row.iter()
                        .zip(&self.fields.with)
                        .map(|(place, scale)| place.map(|place| scale.write(place)))
                        .collect()
                })
                .collect();
            values_with.shuffle(&mut rand::rng());
            DataClass { values, rows: values_with }
        });
        let names = |scales: &[Scale]| scales.iter().map(|scale| scale.name.clone()).collect();
        let value = DataSet {
            group_by: names(scales),
            with: names(&self.fields.with),
            classes: written.collect(),
            suppressed: SuppressedRows { people: Bucket::of((rows.len() - released) as u64) },
        };
        Ok(Released::new(value, policy, released as u64, None))
    }
}

/// A place as a number from 1 on: 0 is for what is absent. A range has at most 2^62 steps.
fn step(scale: &Scale, place: i128) -> u64 {
    u64::try_from(place - scale.min).map_or(u64::MAX >> 1, |place| place + 1)
}

/// The place of such a number.
fn place(scale: &Scale, step: u64) -> i128 {
    scale.min + i128::from(step.saturating_sub(1))
}

fn coarse(scale: &Scale, (first, last): (u64, u64)) -> Coarse {
    let write = |step| scale.write(place(scale, step));
    let range = (last > 0).then(|| (write(first.max(1)), write(last)));
    Coarse { range, absent: first == 0 }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{Visit, person, seeded};
    use nest_core::PepRecord;
    use proptest::prelude::*;
    use rand::RngExt;

    const GROUP: &[&str] = &["age", "ward", "smoker"];

    fn fields() -> DataSetFields {
        DataSetFields::of(Visit::SCHEMA, GROUP, &["score"]).unwrap()
    }

    /// One field, one column of its values; the data set and its loss: rows times the width of their class.
    fn loss_of_one(values: &[i128], k: u32) -> (Released<DataSet>, u64) {
        let fields = DataSetFields::of(Visit::SCHEMA, &["weight"], &[]).unwrap();
        let mut raw = RawDataSet::new(fields);
        for (number, value) in values.iter().enumerate() {
            raw.add(&person(number as u64), k, &[Some(*value)], &[]).unwrap();
        }
        let released = raw.anonymise().unwrap();
        let loss = released.value.classes.iter().map(|class| {
            let (low, high) = class.values[0].range.clone().unwrap();
            let tenths = |text: &str| text.replace('.', "").parse::<u64>().unwrap();
            class.rows.len() as u64 * (tenths(&high) - tenths(&low))
        });
        let loss = loss.sum();
        (released, loss)
    }

    /// The least loss of all ways to cut sorted values into classes of at least k, tried one by one.
    fn least_loss(values: &[i128], k: usize) -> u64 {
        let scale = Scale::of(Visit::SCHEMA, "weight").unwrap();
        let mut sorted = values.to_vec();
        sorted.sort_unstable();
        let n = sorted.len();
        let edge = |i: usize| match i {
            0 => Some(scale.min),
            i if i == n => Some(scale.max + 1),
            i => (sorted[i - 1] < sorted[i]).then(|| scale.cut(sorted[i - 1], sorted[i])),
        };
        let mut best = vec![None; n + 1];
        best[0] = Some(0_u64);
        for end in 1..=n {
            let Some(upper) = edge(end) else { continue };
            for start in 0..=end.saturating_sub(k) {
                if let (Some(before), Some(lower)) = (best[start], edge(start))
                    && end - start >= k
                {
                    let loss = before + (end - start) as u64 * (upper - 1 - lower) as u64;
                    if best[end].is_none_or(|least| loss < least) {
                        best[end] = Some(loss);
                    }
                }
            }
        }
        best[n].unwrap()
    }

    #[test]
    fn the_loss_is_close_to_the_least_possible() {
        let mut rng = seeded(14);
        let mut uniform = || -> Vec<i128> { (0..500).map(|_| rng.random_range(0..=3_000)).collect() };
        let bell: Vec<i128> = uniform().iter().zip(uniform()).map(|(a, b)| (a + b) / 2).collect();
        let skewed: Vec<i128> = uniform().iter().map(|value| value * value / 3_000).collect();
        let heaped: Vec<i128> = uniform().iter().map(|value| value / 100 * 100).collect();
        for values in [uniform(), bell, skewed, heaped] {
            for k in [5, 10, 20] {
                let (released, loss) = loss_of_one(&values, k);
                assert!(released.value.classes.iter().all(|class| class.rows.len() >= k as usize));
                let least = least_loss(&values, k as usize);
                assert!(loss * 10 <= least * 13, "{loss} against {least} at k = {k}");
            }
        }
    }

    /// Whether a person with these values may be in the class.
    fn fits(class: &DataClass, values: &[(Option<i128>, Scale)]) -> bool {
        class.values.iter().zip(values).all(|(coarse, (value, scale))| {
            let place_of =
                |text: &str| (scale.min..=scale.max).find(|place| scale.write(*place) == text).unwrap();
            match value.map(|value| scale.place(value).unwrap()) {
                None => coarse.absent,
                Some(place) => coarse
                    .range
                    .as_ref()
                    .is_some_and(|(low, high)| (place_of(low)..=place_of(high)).contains(&place)),
            }
        })
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 48, ..ProptestConfig::default() })]

        /// Every class has as many people as each of them asks for, everybody is in the one class that their values
        /// fit, and that is so for absent values as values of their own and as values that fit anything.
        #[test]
        fn every_class_has_k_people(
            people in prop::collection::vec(
                (prop::option::weighted(0.8, 0_i128..=120), 0_i128..3, 0_i128..2, prop::sample::select(vec![2_u32, 3, 5, 10]), 0_i128..=100),
                1..80,
            ),
        ) {
            let mut raw = RawDataSet::new(fields());
            for (number, (age, ward, smoker, k, score)) in people.iter().enumerate() {
                raw.add(&person(number as u64), *k, &[*age, Some(*ward), Some(*smoker)], &[Some(*score)]).unwrap();
            }
            let released = match raw.anonymise() {
                Ok(released) => released,
                Err(refused) => {
                    prop_assert_eq!(refused, Refused::TooFew);
                    return Ok(());
                }
            };
            // What was written and read again is what is checked.
            let json = serde_json::to_string(&released).unwrap();
            let data: DataSet = serde_json::from_str::<Released<DataSet>>(&json).unwrap().value;
            let mut counted = vec![Vec::new(); data.classes.len()];
            let mut outside = 0;
            for (age, ward, smoker, k, score) in &people {
                let scale = |field: &str| Scale::of(Visit::SCHEMA, field).unwrap();
                let values = [(*age, scale("age")), (Some(*ward), scale("ward")), (Some(*smoker), scale("smoker"))];
                let fitting: Vec<_> = (0..data.classes.len()).filter(|class| fits(&data.classes[*class], &values)).collect();
                prop_assert!(fitting.len() == 1, "classes fill the space and do not overlap");
                counted[fitting[0]].push((*k, *score));
                outside += usize::from(*k as usize > people.len());
            }
            let released: usize = data.classes.iter().map(|class| class.rows.len()).sum();
            prop_assert!(released + outside <= people.len());
            for (class, counted) in data.classes.iter().zip(&counted) {
                let scores: Vec<_> = class.rows.iter().map(|row| row[0].clone().unwrap()).collect();
                // Those whose row was suppressed fit some class too, but are not in it.
                prop_assert!(scores.len() <= counted.len());
                let in_class = counted.iter().filter(|(k, score)| {
                    *k as usize <= scores.len() && scores.contains(&score.to_string())
                });
                prop_assert!(in_class.count() >= scores.len());
                prop_assert!(scores.len() >= 2);
            }
            let wildcard = |class: &DataClass| {
                data.classes.iter().filter(|other| {
                    class.values.iter().zip(&other.values).all(|(a, b)| a.absent || b.absent || a == b)
                }).map(|class| class.rows.len()).sum::<usize>()
            };
            for class in &data.classes {
                prop_assert!(wildcard(class) >= class.rows.len());
            }
        }
    }

    #[test]
    fn a_high_k_is_kept_whatever_the_others_ask_for() {
        let mut raw = RawDataSet::new(fields());
        for number in 0..100 {
            let k = if number == 50 { 40 } else { 2 };
            raw.add(
                &person(number),
                k,
                &[Some(number.into()), Some(0), Some(0)],
                &[Some(i128::from(number == 50))],
            )
            .unwrap();
        }
        let data = raw.anonymise().unwrap().value;
        let with_high_k =
            data.classes.iter().find(|class| class.rows.iter().any(|row| row[0].as_deref() == Some("1")));
        assert!(with_high_k.unwrap().rows.len() >= 40);
        assert!(data.classes.len() > 10, "the others are not held back");
    }

    #[test]
    fn rows_that_fit_no_class_are_a_type_of_their_own() {
        let mut raw = RawDataSet::new(fields());
        for number in 0..12 {
            let k = if number < 10 { 5 } else { 50 };
            raw.add(&person(number), k, &[None, Some(1), Some(0)], &[None::<i128>.or(Some(7))]).unwrap();
        }
        let released = raw.anonymise().unwrap();
        assert_eq!(released.value.classes.iter().map(|class| class.rows.len()).sum::<usize>(), 10);
        let json = serde_json::to_value(&released.value).unwrap();
        assert_eq!(json["suppressed"], serde_json::json!({ "people": 0 }));
        assert_eq!(json["classes"].as_array().unwrap().len(), 1);
        assert!(!json.to_string().contains('*'));
    }

    #[test]
    fn mistakes_are_refused() {
        let many = ["age"; 9];
        assert!(DataSetFields::of(Visit::SCHEMA, &many, &[]).is_err());
        assert!(DataSetFields::of(Visit::SCHEMA, &[], &[]).is_err());
        assert!(DataSetFields::of(Visit::SCHEMA, &["remark"], &[]).is_err());
        let mut raw = RawDataSet::new(fields());
        let row = [Some(40), Some(1), Some(0)];
        raw.add(&person(1), 5, &row, &[Some(3)]).unwrap();
        assert_eq!(raw.add(&person(1), 5, &row, &[Some(3)]), Err(TallyError::Mismatch));
        assert_eq!(raw.add(&person(2), 5, &row, &[]), Err(TallyError::Mismatch));
        assert_eq!(
            raw.add(&person(2), 5, &[Some(121), Some(1), Some(0)], &[Some(3)]),
            Err(TallyError::NotDeclared)
        );
        assert_eq!(
            raw.add(&person(2), 5, &[Some(40), None, Some(0)], &[Some(3)]),
            Err(TallyError::NotDeclared)
        );
        assert_eq!(raw.anonymise().unwrap_err(), Refused::TooFew);
    }
}

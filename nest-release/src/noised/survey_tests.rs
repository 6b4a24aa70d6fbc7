//! The noise of surveys against its theory. Draws are seeded: a failure is a fault, not chance.

use nest_core::PepRecord;
use proptest::prelude::*;

use super::mechanism::Mechanism;
use super::*;
use crate::testing::{Visit, person, seeded};
use crate::{Cell, Part, PartAnswer, PartSum, PartValue, Survey, SurveyParts, SurveyRow, Tally};

/// How far a statistic may be from theory, in standard errors.
const Z: f64 = 4.5;

fn score() -> Column {
    Column::of(Visit::SCHEMA, "score").unwrap()
}

fn weight() -> Column {
    Column::of(Visit::SCHEMA, "weight").unwrap()
}

fn ward() -> Axis {
    Axis::of(Visit::SCHEMA, "ward").unwrap()
}

fn epsilon(text: &str) -> MicroEpsilon {
    text.parse().unwrap()
}

fn equal(parts: Vec<Part>) -> SurveyParts {
    SurveyParts::new(parts.into_iter().map(|part| (part, 1)).collect()).unwrap()
}

/// People who say these cells, one for each part.
fn raw(bounds: &SurveyParts, people: &[Vec<Option<Cell>>]) -> RawAggregate<Survey> {
    let mut tally = Tally::<Survey>::new(bounds.clone());
    for (number, cells) in people.iter().enumerate() {
        for (part, cell) in cells.iter().enumerate() {
            if let Some(cell) = cell {
                tally.add(&person(number as u64), SurveyRow { part, cell: *cell }).unwrap();
            }
        }
    }
    tally.finish().unwrap()
}

fn draw(bounds: &SurveyParts, classes: &[Class<Survey>], seed: u64) -> Vec<PartAnswer> {
    Survey::noised(bounds, classes, &mut seeded(seed)).unwrap().value
}

/// The variance of the discrete Laplace distribution of this scale.
fn variance(scale: f64) -> f64 {
    let ratio = (-1.0 / scale).exp();
    2.0 * ratio / (1.0 - ratio).powi(2)
}

fn assert_variance(what: &str, draws: &[f64], expected: f64) {
    let n = draws.len() as f64;
    let mean = draws.iter().sum::<f64>() / n;
    let z = mean / (expected / n).sqrt();
    assert!(z.abs() < Z, "{what}: the mean is {z:.1} standard errors off");
    // The fourth moment of a Laplace distribution is six times the square of its variance, at most.
    let spread = draws.iter().map(|draw| draw * draw).sum::<f64>() / n;
    let z = (spread - expected) / (5.0 * expected * expected / n).sqrt();
    assert!(z.abs() < Z, "{what}: the spread is {spread:.2}, and {expected:.2} is expected ({z:.1})");
}

#[test]
fn each_part_has_the_noise_of_its_share() {
    let bounds =
        SurveyParts::new(vec![(Part::Count, 3), (Part::Total(score()), 2), (Part::Histogram(ward()), 1)])
            .unwrap();
    assert_eq!(bounds.shares(), [(1, 2), (1, 3), (1, 6)]);
    let people: Vec<_> =
        (0..1_000).map(|i| vec![Some(Cell::Here), Some(Cell::One(50)), Some(Cell::One(i % 3))]).collect();
    let classes = [(epsilon("0.6"), raw(&bounds, &people))];
    let (mut counts, mut totals, mut cells) = (Vec::new(), Vec::new(), Vec::new());
    for seed in 0..4_000 {
        let answers = draw(&bounds, &classes, seed);
        let PartValue::Count { value } = answers[0].value else { panic!() };
        counts.push(value as f64 - 1_000.0);
        let PartValue::Total { value } = answers[1].value else { panic!() };
        totals.push(value.to_f64() - 50_000.0);
        let PartValue::Histogram { value } = &answers[2].value else { panic!() };
        cells.push(value.cells[1].1 as f64 - 333.0);
    }
    assert_variance("count", &counts, variance(1.0 / 0.3));
    assert_variance("cell", &cells, variance(1.0 / 0.1));
    // In half steps the sum has a scale of 100 / (0.8 · 0.2); the number of people counts for the middle, 50 each.
    let total = variance(100.0 / 0.16) / 4.0 + 2_500.0 * variance(1.0 / 0.04);
    assert_variance("total", &totals, total);
}

#[test]
fn a_survey_of_one_part_is_as_good_as_the_part_alone() {
    let bounds = equal(vec![Part::Mean(score())]);
    let people: Vec<_> = (0..500).map(|i| vec![Some(Cell::One(i % 101))]).collect();
    let classes = [(epsilon("1"), raw(&bounds, &people))];
    let mut tally = Tally::<Mean>::new(score());
    for number in 0..500 {
        tally.add(&person(number), i128::from(number % 101)).unwrap();
    }
    let alone = [(epsilon("1"), tally.finish().unwrap())];
    for seed in 0..20 {
        let single = Mean::noised(&score(), &alone, &mut seeded(seed)).unwrap();
        let answers = draw(&bounds, &classes, seed);
        assert_eq!(answers[0].value, PartValue::Mean { value: single.value });
        assert_eq!(answers[0].noise, single.noise);
    }
}

#[test]
fn a_person_without_a_value_counts_in_the_other_parts() {
    let bounds = equal(vec![Part::Count, Part::Mean(score())]);
    let people: Vec<_> =
        (0..10_000).map(|i| vec![Some(Cell::Here), (i % 2 == 0).then_some(Cell::One(80))]).collect();
    let answers = draw(&bounds, &[(epsilon("2"), raw(&bounds, &people))], 1);
    let PartValue::Count { value } = answers[0].value else { panic!() };
    assert!(value.abs_diff(10_000) < 50);
    let PartValue::Mean { value } = answers[1].value else { panic!() };
    assert!((value.to_f64() - 80.0).abs() < 1.0, "{value}");
    assert!(answers[1].contributors.at_least() < 10_000);
}

#[test]
fn correlations_come_close_and_stay_within_bounds() {
    let bounds = equal(vec![Part::Correlation(score(), weight())]);
    let pairs = |f: &dyn Fn(i128) -> (i128, i128), people: i128| -> Vec<Vec<Option<Cell>>> {
        (0..people)
            .map(|i| {
                let (a, b) = f(i);
                vec![Some(Cell::Two(a, b))]
            })
            .collect()
    };
    let one: &dyn Fn(i128) -> (i128, i128) = &|i| (i % 101, 30 * (i % 101));
    let minus_one: &dyn Fn(i128) -> (i128, i128) = &|i| (i % 101, 3_000 - 30 * (i % 101));
    let none: &dyn Fn(i128) -> (i128, i128) = &|i| (i % 101, 30 * ((i / 101) % 101));
    for (f, expected) in [(one, 1.0), (minus_one, -1.0), (none, 0.0)] {
        let classes = [(epsilon("5"), raw(&bounds, &pairs(f, 101 * 101)))];
        let mut covered = 0;
        for seed in 0..40 {
            let answers = draw(&bounds, &classes, seed);
            let PartValue::Correlation { value: Some(value) } = answers[0].value else { panic!() };
            assert!((value.to_f64() - expected).abs() < 0.05, "{value} for {expected}");
            let within = answers[0].noise.unwrap().within.to_f64();
            covered += usize::from((value.to_f64() - expected).abs() <= within + 1e-9);
        }
        assert!(covered >= 33, "{covered} of 40 intervals hold for {expected}");
    }
    // A handful of people, and much noise: whatever comes out is a correlation, or none.
    let few = [(epsilon("0.01"), raw(&bounds, &pairs(one, 5)))];
    let mut nothing = 0;
    for seed in 0..300 {
        let answers = draw(&bounds, &few, seed);
        match answers[0].value {
            PartValue::Correlation { value: Some(value) } => assert!((-1.0..=1.0).contains(&value.to_f64())),
            _ => nothing += 1,
        }
    }
    assert!(nothing > 0);
}

#[test]
fn correlations_of_the_widest_ranges_do_not_overflow() {
    use nest_schema::{FieldOf, RecordKind, SchemaOf, TypeOf};
    const WIDE: TypeOf<'static> = TypeOf::Integer { min: 0, max: 1 << 62 };
    const FIELDS: &[FieldOf<'static>] = &[FieldOf::new("a", WIDE), FieldOf::new("b", WIDE)];
    let schema = SchemaOf::new("Wide", RecordKind::Record, FIELDS, 2);
    let column = |name| Column::of(&schema, name).unwrap();
    let bounds = equal(vec![Part::Correlation(column("a"), column("b")), Part::Quantile(column("a"), 500)]);
    let most = 1_i128 << 62;
    let people: Vec<_> = (0..200)
        .map(|i| vec![Some(Cell::Two(i % 2 * most, i % 2 * most)), Some(Cell::One(i * most / 199))])
        .collect();
    for text in ["0.000001", "4000"] {
        for seed in 0..20 {
            let answers = draw(&bounds, &[(epsilon(text), raw(&bounds, &people))], seed);
            if text == "4000" {
                assert_eq!(answers[0].value, PartValue::Correlation { value: Some(Fixed::new(10_000, 4)) });
                let PartValue::Quantile { value, .. } = answers[1].value else { panic!() };
                assert!((value.to_f64() / most as f64 - 0.5).abs() < 0.02, "{value}");
            }
        }
    }
}

#[test]
fn quantiles_are_chosen_as_often_as_their_formula_says() {
    // Four values; the people are at 0, 1, 1 and 3. The shares are those of the mechanism, computed with floats.
    let json =
        r#"{"nest": 1, "name": "Small", "fields": [{"name": "a", "type": "integer", "min": 0, "max": 3}]}"#;
    let schema = nest_schema::Manifest::from_json(json).unwrap().schema().unwrap();
    let column = Column::of(schema, "a").unwrap();
    for (at, distances) in [(500, [1.0, 0.0, 1.0, 1.0]), (900, [2.6, 0.6, 0.6, 0.0])] {
        let bounds = equal(vec![Part::Quantile(column.clone(), at)]);
        let people: Vec<_> = [0, 1, 1, 3].iter().map(|value| vec![Some(Cell::One(*value))]).collect();
        let classes = [(epsilon("1"), raw(&bounds, &people))];
        let draws = 20_000_u32;
        let mut found = [0_u32; 4];
        let mut rng = seeded(77);
        for _ in 0..draws {
            let answers = Survey::noised(&bounds, &classes, &mut rng).unwrap().value;
            let PartValue::Quantile { value, .. } = answers[0].value else { panic!() };
            found[value.steps() as usize] += 1;
        }
        let sensitivity = f64::from(at.max(1_000 - at)) / 1_000.0;
        let weights = distances.map(|distance: f64| (-0.8 * distance / (2.0 * sensitivity)).exp());
        let sum: f64 = weights.iter().sum();
        for (found, weight) in found.iter().zip(weights) {
            let expected = weight / sum;
            let z = (f64::from(*found) / f64::from(draws) - expected)
                / (expected * (1.0 - expected) / f64::from(draws)).sqrt();
            assert!(z.abs() < Z, "{at}: {found} of {draws}, {expected}: {z:.1}");
        }
    }
}

#[test]
fn quantiles_are_within_the_people_that_they_name() {
    let bounds = equal(vec![Part::Quantile(score(), 250)]);
    let people: Vec<_> = (0..1_000).map(|i| vec![Some(Cell::One(i % 101))]).collect();
    let classes = [(epsilon("0.5"), raw(&bounds, &people))];
    let mut covered = 0;
    for seed in 0..200 {
        let answers = draw(&bounds, &classes, seed);
        let PartValue::Quantile { value, within_people } = answers[0].value else { panic!() };
        let below = (0..1_000).filter(|i| (i % 101) < value.steps()).count() as u64;
        let up_to = (0..1_000).filter(|i| (i % 101) <= value.steps()).count() as u64;
        covered += usize::from(below <= 250 + within_people && up_to + within_people >= 250);
    }
    assert!(covered >= 185, "{covered} of 200");
}

/// No event may be more than e^ε times as likely with one person more. Here: that a quantile of a tiny population is a
/// given value.
#[test]
fn one_person_changes_no_choice_by_more_than_epsilon() {
    let json =
        r#"{"nest": 1, "name": "Small", "fields": [{"name": "a", "type": "integer", "min": 0, "max": 3}]}"#;
    let schema = nest_schema::Manifest::from_json(json).unwrap().schema().unwrap();
    let column = Column::of(schema, "a").unwrap();
    let bounds = equal(vec![Part::Quantile(column, 500)]);
    let draws = 20_000;
    let shares = |values: &[i128]| {
        let people: Vec<_> = values.iter().map(|value| vec![Some(Cell::One(*value))]).collect();
        let classes = [(epsilon("1"), raw(&bounds, &people))];
        let mut rng = seeded(78);
        let mut found = [0.0_f64; 4];
        for _ in 0..draws {
            let answers = Survey::noised(&bounds, &classes, &mut rng).unwrap().value;
            let PartValue::Quantile { value, .. } = answers[0].value else { panic!() };
            found[value.steps() as usize] += 1.0 / f64::from(draws);
        }
        found
    };
    for (with, without) in [(&[0, 3][..], &[3][..]), (&[0, 0, 3], &[0, 0]), (&[0], &[])] {
        for (a, b) in shares(with).iter().zip(shares(without)) {
            let most = 0.8_f64.exp() * 1.1;
            assert!(a / b < most && b / a < most, "{with:?}: {a} and {b}");
        }
    }
}

#[test]
fn sums_of_a_protocol_are_as_good_as_rows() {
    let bounds = equal(vec![Part::Count, Part::Mean(score()), Part::Histogram(ward())]);
    let people: Vec<_> = (0..300)
        .map(|i| vec![Some(Cell::Here), (i < 200).then_some(Cell::One(i % 101)), Some(Cell::One(i % 3))])
        .collect();
    let sums = |sum, people| {
        vec![PartSum::People(300), PartSum::Sum { sum, people }, PartSum::Counts(vec![100, 100, 100])]
    };
    let sum = (0..200).map(|i| i % 101).sum();
    let added = RawAggregate::<Survey>::from_sums(bounds.clone(), 300, sums(sum, 200)).unwrap();
    let rows = raw(&bounds, &people);
    assert_eq!(added.contributors(), rows.contributors());
    for (a, b) in added.raw().iter().zip(rows.raw()) {
        assert_eq!((a.people, &a.numbers), (b.people, &b.numbers));
    }
    let refused = |contributors, sums| {
        RawAggregate::<Survey>::from_sums(bounds.clone(), contributors, sums).err().unwrap()
    };
    assert_eq!(refused(299, sums(sum, 200)), crate::TallyError::Mismatch);
    assert_eq!(refused(300, sums(200 * 100 + 1, 200)), crate::TallyError::Mismatch);
    assert_eq!(refused(300, vec![PartSum::People(300)]), crate::TallyError::Mismatch);
    assert_eq!(refused(300, vec![PartSum::People(1); 3]), crate::TallyError::Mismatch);
}

#[test]
fn weights_that_make_no_shares_are_refused() {
    assert!(SurveyParts::new(Vec::new()).is_err());
    assert!(SurveyParts::new(vec![(Part::Count, 0)]).is_err());
    assert!(SurveyParts::new(vec![(Part::Count, u64::MAX), (Part::Count, 1)]).is_err());
    assert!(SurveyParts::new(vec![(Part::Count, u64::MAX - 1), (Part::Count, 1)]).is_err());
    assert!(SurveyParts::new(vec![(Part::Quantile(score(), 1_000), 1)]).is_err());
    assert!(SurveyParts::new((0..=crate::MAX_PARTS).map(|_| (Part::Count, 1)).collect()).is_err());
}

#[test]
fn rows_that_do_not_fit_their_part_are_refused() {
    let bounds = equal(vec![Part::Count, Part::Histogram(ward())]);
    let mut tally = Tally::<Survey>::new(bounds);
    for (part, cell) in
        [(0, Cell::One(1)), (1, Cell::Here), (1, Cell::One(99)), (2, Cell::Here), (1, Cell::Two(0, 0))]
    {
        assert!(tally.add(&person(1), SurveyRow { part, cell }).is_err());
    }
    assert_eq!(tally.finish().unwrap().contributors(), 0, "a refused row does not count its person");
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, ..ProptestConfig::default() })]

    /// Any order and any division of rows gives the same sums before noise.
    #[test]
    fn order_and_division_do_not_matter(
        rows in prop::collection::vec((0_u64..6, 0_usize..5, -50_i128..300, 0_i128..3_000, any::<bool>()), 0..60),
    ) {
        let bounds = equal(vec![
            Part::Count,
            Part::Mean(score()),
            Part::Histogram(ward()),
            Part::Correlation(score(), weight()),
            Part::Quantile(score(), 300),
        ]);
        let row = |(_, part, a, b, _): &(u64, usize, i128, i128, bool)| SurveyRow {
            part: *part,
            cell: match part {
                0 => Cell::Here,
                2 => Cell::One(a.rem_euclid(3)),
                3 => Cell::Two(*a, *b),
                _ => Cell::One(*a),
            },
        };
        let mut whole = Tally::<Survey>::new(bounds.clone());
        let mut halves = [Tally::<Survey>::new(bounds.clone()), Tally::<Survey>::new(bounds.clone())];
        for one in &rows {
            whole.add(&person(one.0), row(one)).unwrap();
        }
        for one in rows.iter().rev() {
            halves[usize::from(one.4)].add(&person(one.0), row(one)).unwrap();
        }
        let [mut left, right] = halves;
        left.merge(right).unwrap();
        let (whole, merged) = (whole.finish().unwrap(), left.finish().unwrap());
        prop_assert_eq!(whole.contributors(), merged.contributors());
        for (a, b) in whole.raw().iter().zip(merged.raw()) {
            prop_assert_eq!(a.people, b.people);
            prop_assert_eq!(&a.numbers, &b.numbers);
        }
    }
}

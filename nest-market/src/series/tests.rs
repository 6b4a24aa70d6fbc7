use proptest::prelude::*;

use super::*;
use crate::catalogue::Catalogue;
use crate::testing::catalogue;

const MINUTE: i64 = 60_000;
const HOUR: i64 = 60 * MINUTE;

fn temperature() -> Attribute {
    *catalogue().attribute("WeatherStation", "temperature").unwrap()
}

fn series(readings: impl IntoIterator<Item = (i64, i128)>) -> Series {
    readings.into_iter().map(|(time, value)| (time, Value::Number(value))).collect()
}

fn value(series: &Series, window: Window) -> Option<i128> {
    series.value(&temperature(), window).and_then(|value| value.number())
}

/// A day in steps of an hour.
fn day() -> Window {
    Window::new(0, 24 * HOUR, HOUR).unwrap()
}

#[test]
fn a_person_is_one_number_however_many_readings() {
    let hourly = series((0..24).map(|hour| (hour * HOUR, 200)));
    assert_eq!(value(&hourly, day()), Some(200));
    // A million readings in one hour are one step of 24.
    let mut many = hourly.clone();
    many.extend((0..100_000).map(|i| (i * 36, Value::Number(600))));
    assert_eq!(value(&many, day()), Some(217));
}

#[test]
fn the_last_write_of_a_time_wins_and_order_does_not_matter() {
    let mut one = series((0..24).map(|hour| (hour * HOUR, hour.into())));
    assert!(one.insert(5 * HOUR, Value::Number(100)) == Some(Value::Number(5)));
    let other = series((0..24).rev().map(|hour| (hour * HOUR, if hour == 5 { 100 } else { hour.into() })));
    assert!(one == other);
    assert_eq!(one.len(), 24);
}

#[test]
fn at_most_21_percent_and_two_hours_may_be_missing() {
    let steps = |known: &dyn Fn(i64) -> bool| {
        // A day in steps of a quarter of an hour: 96.
        let window = Window::new(0, 24 * HOUR, 15 * MINUTE).unwrap();
        value(&series((0..96).filter(|step| known(*step)).map(|step| (step * 15 * MINUTE, 100))), window)
    };
    // 20 of 96 is 20.8 %, 21 is 21.9 %.
    assert_eq!(steps(&|step| step % 4 != 1 || step >= 80), Some(100));
    assert_eq!(steps(&|step| step % 4 != 1 || step >= 84), None);
    // Eight steps are two hours, nine are more; at the beginning and the end too.
    for begin in [0, 40, 88] {
        assert_eq!(steps(&|step| !(begin..begin + 8).contains(&step)), Some(100), "from {begin}");
    }
    for begin in [0, 40, 87] {
        assert_eq!(steps(&|step| !(begin..begin + 9).contains(&step)), None, "from {begin}");
    }
    assert_eq!(steps(&|_| false), None);
}

#[test]
fn what_is_missing_is_filled_in_a_straight_line() {
    // 0, 10, (20), 30, …: as if nothing were missing.
    let line = |without: &[i64]| {
        series(
            (0..24).filter(|hour| !without.contains(hour)).map(|hour| (hour * HOUR, i128::from(hour) * 10)),
        )
    };
    let whole = value(&line(&[]), day());
    assert_eq!(whole, Some(115));
    assert_eq!(value(&line(&[2, 7, 8, 15]), day()), whole);
    // At the ends it stays as it is.
    assert_eq!(value(&series((1..24).map(|hour| (hour * HOUR, 10))), day()), Some(10));
}

#[test]
fn readings_outside_the_interval_do_not_count() {
    let mut readings = series((0..24).map(|hour| (hour * HOUR, 10)));
    readings.extend([(-1, Value::Number(600)), (24 * HOUR, Value::Number(600))]);
    assert_eq!(value(&readings, day()), Some(10));
    assert_eq!(value(&readings, Window::new(24 * HOUR, 48 * HOUR, HOUR).unwrap()), None);
}

#[test]
fn values_out_of_range_are_clamped() {
    assert_eq!(value(&series((0..24).map(|hour| (hour * HOUR, 99_999))), day()), Some(600));
    assert_eq!(value(&series((0..24).map(|hour| (hour * HOUR, i128::MAX))), day()), Some(600));
    // Each reading by itself: one broken one is one twenty-fourth, and not everything.
    let broken = series((0..24).map(|hour| (hour * HOUR, if hour == 3 { i128::MIN } else { 0 })));
    assert_eq!(value(&broken, day()), Some(-25));
}

#[test]
fn labels_have_the_one_that_most_steps_have() {
    let json = r#"{"nest": 1, "name": "Room", "fields": [
        {"name": "state", "type": "label", "labels": ["Empty", "Busy"]}
    ]}"#;
    let catalogue = match Catalogue::new().manifest(json) {
        Ok(catalogue) => catalogue,
        Err(error) => panic!("{error}"),
    };
    let state = catalogue.attribute("Room", "state").unwrap();
    let of = |busy: std::ops::Range<i64>| {
        let series = series((0..24).map(|hour| (hour * HOUR, i128::from(busy.contains(&hour)))));
        series.value(state, day()).unwrap().number()
    };
    assert_eq!(of(0..13), Some(1));
    assert_eq!(of(0..11), Some(0));
    // Among equals, the first.
    assert_eq!(of(0..12), Some(0));
}

#[test]
fn of_a_steady_attribute_the_latest_counts() {
    let catalogue = catalogue();
    let age = catalogue.attribute("PersonalInformation", "age").unwrap();
    let series = series([(-1_000_000, 40), (5, 41), (24 * HOUR, 99)]);
    assert_eq!(series.value(age, day()).unwrap().number(), Some(41));
    assert!(Series::new().value(age, day()).is_none());
}

proptest! {
    /// The value is between the smallest and the largest reading, and close to the mean computed with floats.
    #[test]
    fn the_mean_is_that_of_all_steps(readings in prop::collection::btree_map(0_i64..24 * 60, -600_i128..=600, 1..400)) {
        let found = value(&series(readings.iter().map(|(minute, value)| (minute * MINUTE, *value))), day());
        let mut steps: Vec<Option<f64>> = Vec::new();
        for hour in 0..24 {
            let values: Vec<f64> = readings.range(hour * 60..(hour + 1) * 60).map(|(_, value)| *value as f64).collect();
            steps.push((!values.is_empty()).then(|| values.iter().sum::<f64>() / values.len() as f64));
        }
        let missing = steps.iter().filter(|step| step.is_none()).count();
        let runs = steps.split(|step| step.is_some()).map(<[_]>::len).max().unwrap_or(0);
        if missing * 1_000 > 24 * 210 || runs > 2 {
            prop_assert_eq!(found, None);
            return Ok(());
        }
        let known: Vec<(usize, f64)> = steps.iter().enumerate().filter_map(|(i, step)| step.map(|step| (i, step))).collect();
        let at = |i: usize| {
            let before = known.iter().rev().find(|(step, _)| *step <= i);
            let after = known.iter().find(|(step, _)| *step >= i);
            match (before, after) {
                (Some((a, x)), Some((b, y))) if a != b => x + (y - x) * (i - a) as f64 / (b - a) as f64,
                (Some((_, x)), _) | (_, Some((_, x))) => *x,
                _ => 0.0,
            }
        };
        let mean = (0..24).map(at).sum::<f64>() / 24.0;
        prop_assert!((mean - found.unwrap() as f64).abs() <= 0.501, "{mean} and {found:?}");
    }
}

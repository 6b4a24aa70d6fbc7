use nest_release::PersonToken;

use super::*;
use crate::level::{Level, Levels};
use crate::query::{Dialect, Plan, Query, Window};
use crate::series::{Series, Value};
use crate::testing::catalogue;

fn query(text: &str) -> Query {
    Query::check(text, &catalogue(), Dialect::Relaxed).unwrap()
}

fn plan(query: &Query) -> Plan {
    Plan::of(query, Window::new(0, 86_400_000, 3_600_000).unwrap()).unwrap()
}

const MARK: i128 = 424_242;

#[test]
fn a_comparison_with_an_absent_value_is_false() {
    let query = query(
        "SELECT COUNT(PersonalInformation.age) WHERE (PersonalInformation.age < 200) OR (PersonalInformation.age > 0)"
            .replace("200", "120")
            .as_str(),
    );
    assert!(query.holds_for(&[Some(Value::Number(50))]));
    assert!(!query.holds_for(&[None]));
    assert!(!query.holds_for(&[]));
    // A value of another type is no value of it.
    assert!(!query.holds_for(&[Some(Value::Text("50".to_owned()))]));
}

#[test]
fn without_a_condition_everybody_with_a_value_is_meant() {
    let query = query("SELECT AVG(Meter.energy)");
    assert!(query.holds_for(&[None]));
    let plan = plan(&query);
    let candidate =
        |value| Candidate::with_values(PersonToken::from_bytes([7; 32]), Level::LOW, &plan, vec![value]);
    let selected = |value| Selection::of(&query, Level::HIGH, [candidate(value)]).len();
    assert_eq!((selected(None), selected(Some(Value::Number(5)))), (0, 1));
}

#[test]
fn a_data_set_needs_every_value_that_may_not_be_absent() {
    let query = query("SELECT ALL(PersonalInformation.age, PersonalInformation.weight)");
    let plan = plan(&query);
    let selected = |age: Option<i128>, weight: Option<i128>| {
        let values = vec![age.map(Value::Number), weight.map(Value::Number)];
        let candidate = Candidate::with_values(PersonToken::from_bytes([7; 32]), Level::LOW, &plan, values);
        !Selection::of(&query, Level::HIGH, [candidate]).is_empty()
    };
    assert!(selected(Some(40), Some(700)));
    assert!(selected(None, Some(700)), "an age may be absent");
    assert!(!selected(Some(40), None));
}

#[test]
fn the_strictest_level_of_all_attributes_counts_those_of_the_condition_included() {
    let query = query("SELECT AVG(Meter.energy) WHERE (PersonalInformation.age > 50)");
    let plan = plan(&query);
    let mut levels = Levels::new();
    levels.set("Meter", "energy", Level::LOW);
    let series = Series::from_iter((0..24).map(|hour| (hour * 3_600_000, Value::Number(60))));
    let level = |levels: &Levels| {
        Candidate::new(PersonToken::from_bytes([7; 32]), levels, &query, &plan, |_| Some(&series)).level()
    };
    assert_eq!(level(&levels), Level::DONT_SHARE);
    levels.set("PersonalInformation", "age", Level::HIGH);
    assert_eq!(level(&levels), Level::HIGH);
}

#[test]
fn nothing_shows_what_somebody_has() {
    let query = query("SELECT AVG(Meter.energy)");
    let plan = plan(&query);
    let series = Series::from_iter([(5, Value::Number(MARK)), (6, Value::Text(MARK.to_string()))]);
    let candidate = Candidate::with_values(
        PersonToken::from_bytes([0x42; 32]),
        Level::LOW,
        &plan,
        vec![Some(Value::Number(MARK))],
    );
    let selection = Selection::of(&query, Level::HIGH, [candidate]);
    let shown = format!("{series:?} {selection:?} {:?} {plan:?}", Value::Number(MARK));
    assert!(!shown.contains("424") && !shown.contains("0x42") && !shown.contains("66"), "{shown}");
}

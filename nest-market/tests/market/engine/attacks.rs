//! What somebody may try against answers: averaging, differencing, and one person who pushes much.

use nest_market::evaluate::{Answer, Candidate, EvaluateError, Selection, evaluate};
use nest_market::level::{Level, Levels};
use nest_market::series::{Series, Value};
use nest_release::{Limits, PartValue, Refused};

use super::people::*;

async fn count(place: &Place, people: &[Known], terms: &str) -> Result<f64, EvaluateError> {
    let query = query("SELECT COUNT(Person.age)");
    let plan = plan(&query);
    let selection =
        Selection::of(&query, Level::HIGH, people.iter().map(|known| known.candidate(&query, &plan)));
    let released = evaluate(&query, &plan, selection, &request(terms), &place.budget).await?;
    let Answer::Statistics { calls, .. } = &released.value else { panic!() };
    let PartValue::Count { value } = calls[0].points[0].values[0].value else { panic!() };
    Ok(value as f64)
}

/// Averaging by repetition: a processor asks under new terms until it is refused. The budget allows three answers at the
/// lowest level, so the mean is not closer than that of three draws.
#[tokio::test]
async fn averaging_ends_where_the_budget_ends() {
    let mut squares = 0.0;
    for _ in 0..12 {
        let place = Place::sqlite(Limits::default()).await;
        let people = alike(0..200, Level::HIGH);
        let mut answers = Vec::new();
        loop {
            match count(&place, &people, &format!("offer {}", answers.len())).await {
                Ok(answer) => answers.push(answer),
                Err(EvaluateError::Refused(Refused::BudgetExhausted { .. })) => break,
                Err(error) => panic!("{error}"),
            }
        }
        // ε 3 at ε 0.1 each.
        assert_eq!(answers.len(), 30);
        let mean = answers.iter().sum::<f64>() / 30.0;
        squares += (mean - 200.0).powi(2);
    }
    // The noise of one answer has a variance of about 200, so that of the mean of thirty is 6.7. Twelve such means would
    // have to be all very close by chance.
    assert!(squares / 12.0 > 1.5, "{}", squares / 12.0);
}

/// Differencing: with and without one person, the answers differ by noise that hides them.
#[tokio::test]
async fn a_difference_does_not_show_one_person() {
    let place = Place::sqlite(Limits {
        per_person: "1000".parse().unwrap(),
        per_processor: "1000".parse().unwrap(),
        days: 90,
    })
    .await;
    let with = alike(0..200, Level::HIGH);
    let mut differences = Vec::new();
    for number in 0..60 {
        let a = count(&place, &with, &format!("with {number}")).await.unwrap();
        let b = count(&place, &with[1..], &format!("without {number}")).await.unwrap();
        differences.push(a - b);
    }
    // If noise were absent, every difference would be one.
    let ones = differences.iter().filter(|difference| (**difference - 1.0).abs() < 0.5).count();
    assert!(ones < 20, "{ones} of 60");
}

/// One person who pushes a million readings moves the answer no more than one person may.
#[tokio::test]
async fn a_million_readings_weigh_as_one_person() {
    let place = Place::sqlite(Limits {
        per_person: "1000".parse().unwrap(),
        per_processor: "1000".parse().unwrap(),
        days: 90,
    })
    .await;
    let query = query("SELECT AVG(Meter.energy)");
    let plan = plan(&query);
    let mut levels = Levels::new();
    levels.set_all(catalogue().sources(), Level::LOW);
    let modest: Series = (0..24).map(|hour| (hour * 3_600_000, Value::Number(100))).collect();
    let greedy: Series = (0..1_000_000).map(|i| (i * 86, Value::Number(i128::MAX / 2_000_000))).collect();
    let mut answers = Vec::new();
    for series in [&modest, &greedy] {
        let candidates = (0..5_000).map(|number| {
            let series = if number == 0 { series } else { &modest };
            Candidate::new(token(number), &levels, &query, &plan, |_| Some(series))
        });
        let selection = Selection::of(&query, Level::HIGH, candidates);
        let terms = format!("offer {}", answers.len());
        let released = evaluate(&query, &plan, selection, &request(&terms), &place.budget).await.unwrap();
        let Answer::Statistics { calls, .. } = &released.value else { panic!() };
        let PartValue::Mean { value } = calls[0].points[0].values[0].value else { panic!() };
        answers.push((value.to_f64(), calls[0].points[0].values[0].noise.unwrap().within.to_f64()));
    }
    // At most the range by the number of people, and noise: the intervals are for 95 of 100, so three of them for all.
    let [(a, within_a), (b, within_b)] = answers[..] else { panic!() };
    assert!((a - b).abs() <= 50_000.0 / 5_000.0 + 3.0 * (within_a + within_b), "{a} and {b}");
    assert!((within_a / within_b - 1.0).abs() < 0.1, "the noise is the same");
}

/// The level of one person cannot be told from what is released with an answer: neither the policy nor the noise depends
/// on who is in which class.
#[tokio::test]
async fn an_answer_does_not_show_who_is_at_which_level() {
    let limits =
        || Limits { per_person: "1000".parse().unwrap(), per_processor: "1000".parse().unwrap(), days: 90 };
    let mut shown = Vec::new();
    for level in [Level::LOW, Level::MEDIUM, Level::HIGH] {
        let place = Place::sqlite(limits()).await;
        let mut people = alike(0..100, Level::LOW);
        people[0].level = level;
        let query = query("SELECT COUNT(Person.age), HIST(Person.city)");
        let plan = plan(&query);
        let candidates = people.iter().map(|known| known.candidate(&query, &plan));
        let selection = Selection::of(&query, Level::HIGH, candidates);
        let released = evaluate(&query, &plan, selection, &request("terms"), &place.budget).await.unwrap();
        let Answer::Statistics { calls, .. } = &released.value else { panic!() };
        let noise: Vec<_> = calls.iter().map(|call| call.points[0].values[0].noise).collect();
        shown.push((released.policy.clone(), noise));
    }
    assert_eq!(shown[0], shown[1]);
    assert_eq!(shown[0], shown[2]);
}

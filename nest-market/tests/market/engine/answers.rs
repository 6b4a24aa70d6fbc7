//! Answers, from the people who take part to what is released and charged.

use nest_market::evaluate::{Answer, Candidate, EvaluateError, Method, Selection, evaluate};
use nest_market::level::{Level, Levels};
use nest_market::query::{Dialect, Plan, Query, Window};
use nest_market::series::{Series, Value};
use nest_release::{Limits, MicroEpsilon, PartValue, Policy, Refused, Released};

use super::people::*;

/// Those who take part in an offer for the levels that these people have.
fn selection(query: &Query, plan: &Plan, people: &[Known]) -> Selection {
    let shared = people.iter().map(|known| known.level).filter(|level| level.is_shared());
    let most = shared.max().unwrap_or(Level::HIGH);
    Selection::of(query, most, people.iter().map(|known| known.candidate(query, plan)))
}

async fn ask(
    place: &Place,
    text: &str,
    people: &[Known],
    terms: &str,
) -> Result<Released<Answer>, EvaluateError> {
    let query = query(text);
    let plan = plan(&query);
    evaluate(&query, &plan, selection(&query, &plan, people), &request(terms), &place.budget).await
}

/// The values of a statistic, one for each call.
fn values(released: &Released<Answer>) -> Vec<PartValue> {
    match &released.value {
        Answer::Statistics { calls, .. } => calls
            .iter()
            .flat_map(|call| &call.points)
            .flat_map(|point| &point.values)
            .map(|answer| answer.value.clone())
            .collect(),
        other => panic!("{other:?}"),
    }
}

fn micros(text: &str) -> MicroEpsilon {
    text.parse().unwrap()
}

fn plenty() -> Limits {
    Limits { per_processor: micros("1000"), per_person: micros("1000"), days: 90 }
}

#[tokio::test]
async fn every_function_is_close_to_the_truth_for_many_people() {
    for place in [Place::sqlite(plenty()).await, Place::postgres(plenty()).await] {
        let mut people = generated(20_000, 3);
        for known in &mut people {
            known.level = Level::LOW;
            known.age = Some(i128::from(known.number % 101));
            // Weight grows with age, and something else.
            known.weight = 300 + 10 * known.age.unwrap() + (known.weight - 300) / 4;
        }
        let text = "SELECT AVG(Person.age), SUM(Person.age), COUNT(Person.age), HIST(Person.city), \
                    CORR(Person.age, Person.weight), QUANTILE(Person.age, 0.9)";
        let released = ask(&place, text, &people, "terms").await.unwrap();
        let values = values(&released);
        let sum: i128 = people.iter().map(|known| known.age.unwrap()).sum();
        let close = |found: f64, expected: f64, within: f64| {
            assert!((found - expected).abs() < within, "{found} and {expected}");
        };
        let PartValue::Mean { value } = &values[0] else { panic!() };
        close(value.to_f64(), sum as f64 / 20_000.0, 1.0);
        let PartValue::Total { value } = &values[1] else { panic!() };
        close(value.to_f64(), sum as f64, 20_000.0);
        let PartValue::Count { value } = &values[2] else { panic!() };
        close(*value as f64, 20_000.0, 150.0);
        let PartValue::Histogram { value } = &values[3] else { panic!() };
        assert_eq!(value.cells.len(), 3);
        for (place, (_, cell)) in value.cells.iter().enumerate() {
            let expected = people.iter().filter(|known| known.city == place as i128).count();
            close(*cell as f64, expected as f64, 150.0);
        }
        let PartValue::Correlation { value } = &values[4] else { panic!() };
        let mean = |f: &dyn Fn(&Known) -> f64| people.iter().map(f).sum::<f64>() / 20_000.0;
        let (x, y) = (|k: &Known| k.age.unwrap() as f64, |k: &Known| k.weight as f64);
        let (mx, my) = (mean(&x), mean(&y));
        let covariance = mean(&|k| (x(k) - mx) * (y(k) - my));
        let r = covariance / (mean(&|k| (x(k) - mx).powi(2)) * mean(&|k| (y(k) - my).powi(2))).sqrt();
        close(value.unwrap().to_f64(), r, 0.05);
        let PartValue::Quantile { value, within_people } = &values[5] else { panic!() };
        let below = people.iter().filter(|known| (known.age.unwrap() as f64) < value.to_f64()).count() as f64;
        let at = people.iter().filter(|known| (known.age.unwrap() as f64) <= value.to_f64()).count() as f64;
        assert!(below - *within_people as f64 <= 18_000.0 && at + *within_people as f64 >= 18_000.0);
        // Every number says how far the noise moved it.
        let Answer::Statistics { calls, .. } = &released.value else { panic!() };
        for call in calls {
            let answer = &call.points[0].values[0];
            assert!(
                answer.noise.is_some() || matches!(answer.value, PartValue::Quantile { .. }),
                "{}",
                call.call
            );
            // A bucket of a noised number: it may be the one below.
            assert!(answer.contributors.at_least() >= 10_000, "{}", call.call);
        }
        // What was stored can be read.
        let json = serde_json::to_string(&released).unwrap();
        assert_eq!(serde_json::from_str::<Released<Answer>>(&json).unwrap(), released);
    }
}

#[tokio::test]
async fn a_query_costs_what_its_quote_says() {
    let place = Place::sqlite(plenty()).await;
    let text = "SELECT AVG(Person.age), SUM(Person.age), COUNT(Person.age)";
    let (query, levels) = (query(text), [Level::LOW, Level::MEDIUM, Level::HIGH]);
    let mut people = Vec::new();
    for (number, level) in levels.into_iter().enumerate() {
        people.extend(alike(number as u64 * 100..number as u64 * 100 + 100, level));
    }
    let quote = plan(&query).quote(&query, safe(), Level::HIGH);
    ask(&place, text, &people, "terms").await.unwrap();
    for (number, level) in levels.into_iter().enumerate() {
        let left = place.budget.left(&token(number as u64 * 100 + 7), "university").await.unwrap();
        let spent = micros("1000").saturating_sub(left.processor);
        let quoted = quote.classes.iter().find(|class| class.level == level).unwrap();
        assert_eq!(spent, quoted.epsilon, "{level}");
    }
}

#[tokio::test]
async fn who_does_not_take_part_is_not_charged_and_order_changes_nothing() {
    let texts = [
        "SELECT AVG(Person.age) WHERE (Person.smoker = no)",
        "SELECT COUNT(Person.city) WHERE (Person.age > 50)",
    ];
    let people = generated(400, 5);
    let mut ledgers = Vec::new();
    for order in [[0, 1], [1, 0]] {
        let place = Place::sqlite(plenty()).await;
        for which in order {
            ask(&place, texts[which], &people, &format!("offer {which}")).await.unwrap();
        }
        let mut ledger = Vec::new();
        for known in &people {
            let left = place.budget.left(&token(known.number), "university").await.unwrap();
            ledger.push(micros("1000").saturating_sub(left.processor));
        }
        ledgers.push(ledger);
    }
    assert_eq!(ledgers[0], ledgers[1]);
    for (known, spent) in people.iter().zip(&ledgers[0]) {
        let each = safe().epsilon(known.level).unwrap_or_default().micros();
        let first = known.smoker == 0 && known.age.is_some();
        let second = known.age.is_some_and(|age| age > 50);
        assert_eq!(spent.micros(), each * (u32::from(first) + u32::from(second)));
    }
}

#[tokio::test]
async fn the_same_request_has_the_same_answer_and_costs_nothing() {
    let place = Place::sqlite(plenty()).await;
    let people = alike(0..100, Level::LOW);
    let text = "SELECT AVG(Person.age), HIST(Person.city)";
    let first = ask(&place, text, &people, "terms").await.unwrap();
    let left = place.budget.left(&token(0), "university").await.unwrap();
    for _ in 0..20 {
        assert_eq!(ask(&place, text, &people, "terms").await.unwrap(), first);
    }
    // Also if it is written in another way.
    assert_eq!(
        ask(&place, "SELECT AVG(Person.age),HIST( Person.city )", &people, "terms").await.unwrap(),
        first
    );
    assert_eq!(place.budget.left(&token(0), "university").await.unwrap(), left);
}

#[tokio::test]
async fn a_level_above_what_the_query_allows_leaves_the_person_out() {
    let place = Place::sqlite(plenty()).await;
    let mut people = alike(0..50, Level::LOW);
    people.extend(alike(50..90, Level::HIGH));
    people.extend(alike(90..120, Level::DONT_SHARE));
    let query = query("SELECT COUNT(Person.age)");
    let plan = plan(&query);
    let candidates = people.iter().map(|known| known.candidate(&query, &plan));
    let selected = Selection::of(&query, Level::MEDIUM, candidates);
    assert_eq!((selected.len(), selected.bucket().at_least()), (50, 50));
    let released = evaluate(&query, &plan, selected, &request("terms"), &place.budget).await.unwrap();
    // The classes are those that the query allows, whoever came.
    let Policy::Noise { classes } = &released.policy else { panic!() };
    assert_eq!((classes.len(), classes[0], classes[4]), (5, micros("0.5"), micros("1")));
    let left = place.budget.left(&token(60), "university").await.unwrap();
    assert_eq!(left.processor, micros("1000"));
}

#[tokio::test]
async fn none_and_too_few_are_refused_alike_and_people_are_counted_not_readings() {
    let place = Place::sqlite(plenty()).await;
    let text = "SELECT AVG(Meter.energy)";
    let query = query(text);
    let plan = plan(&query);
    let refused = |result: Result<Released<Answer>, EvaluateError>| match result {
        Err(EvaluateError::Refused(refused)) => refused,
        other => panic!("{other:?}"),
    };
    assert_eq!(refused(ask(&place, text, &[], "none").await), Refused::TooFew);
    assert_eq!(refused(ask(&place, text, &alike(0..9, Level::LOW), "nine").await), Refused::TooFew);
    // Fifty readings of three people.
    let hours: Series = (0..24).map(|hour| (hour * 3_600_000, Value::Number(5))).collect();
    let mut levels = Levels::new();
    levels.set_all(catalogue().sources(), Level::LOW);
    let three = (0..3).map(|number| Candidate::new(token(number), &levels, &query, &plan, |_| Some(&hours)));
    let selection = Selection::of(&query, Level::HIGH, three);
    let result = evaluate(&query, &plan, selection, &request("three"), &place.budget).await;
    assert_eq!(refused(result), Refused::TooFew);
    // A correlation needs a hundred, whatever the terms say.
    let text = "SELECT CORR(Person.age, Person.weight)";
    assert_eq!(refused(ask(&place, text, &alike(0..99, Level::LOW), "99").await), Refused::TooFew);
    assert!(ask(&place, text, &alike(0..100, Level::LOW), "100").await.is_ok());
}

#[tokio::test]
async fn an_exhausted_budget_says_what_was_asked_and_what_is_left() {
    let place = Place::sqlite(Limits::default()).await;
    let people = alike(0..100, Level::LOW);
    for number in 0..3 {
        assert!(ask(&place, "SELECT AVG(Person.age)", &people, &format!("offer {number}")).await.is_ok());
    }
    match ask(&place, "SELECT AVG(Person.age)", &people, "offer 3").await {
        Err(EvaluateError::Refused(refused)) => {
            assert_eq!(refused, Refused::BudgetExhausted { asked: micros("1"), left: micros("0") });
        }
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn periods_are_answered_one_by_one() {
    let place = Place::sqlite(plenty()).await;
    let query = Query::check("SELECT AVG(Meter.energy) EVERY 6h", catalogue(), Dialect::Strict).unwrap();
    let plan = plan(&query);
    let mut levels = Levels::new();
    levels.set_all(catalogue().sources(), Level::LOW);
    // In the last quarter of the day, most people have no readings.
    let series = |hours: i64| -> Series {
        (0..hours).map(|hour| (hour * 3_600_000, Value::Number(i128::from(hour / 6) * 10_000))).collect()
    };
    let (whole, part) = (series(24), series(18));
    let candidates = (0..5_000).map(|number| {
        let series = if number < 10 { &whole } else { &part };
        Candidate::new(token(number), &levels, &query, &plan, |_| Some(series))
    });
    let selection = Selection::of(&query, Level::LOW, candidates);
    assert_eq!(selection.len(), 5_000);
    let released = evaluate(&query, &plan, selection, &request("terms"), &place.budget).await.unwrap();
    let Answer::Statistics { calls, .. } = &released.value else { panic!() };
    assert_eq!(calls[0].points.len(), 4);
    for (quarter, point) in calls[0].points.iter().enumerate() {
        assert_eq!(point.from, quarter as i64 * 6 * 3_600_000);
        let PartValue::Mean { value } = point.values[0].value else { panic!() };
        if quarter < 3 {
            assert!((value.to_f64() - quarter as f64 * 10_000.0).abs() < 1_000.0, "{value}");
        } else {
            // There is a point all the same, with nearly nobody behind it.
            assert!(point.values[0].contributors.at_least() < 200);
        }
    }
    let left = place.budget.left(&token(0), "university").await.unwrap();
    assert_eq!(left.processor, micros("999"));
}

#[tokio::test]
async fn a_data_set_keeps_everybody_among_as_many_as_their_level_asks_for() {
    let place = Place::sqlite(plenty()).await;
    let text = "SELECT ALL(Person.age, Person.city, Person.smoker)";
    let people = generated(1_000, 7);
    let released = ask(&place, text, &people, "terms").await.unwrap();
    let Answer::DataSet { data, .. } = &released.value else { panic!() };
    assert_eq!(data.group_by, ["age", "city", "smoker"]);
    assert_eq!(released.policy, Policy::KAnonymity { k: (5, 20) });
    assert!(data.classes.len() > 5 && data.classes.iter().all(|class| class.rows.len() >= 5));
    // Once for each source, period and processor: in other words it is refused, in the same it is the same.
    let other = ask(&place, "SELECT ALL(Person.age, Person.weight)", &people, "others").await;
    assert!(matches!(other, Err(EvaluateError::Refused(Refused::ReleasedOtherwise))));
    assert_eq!(ask(&place, text, &people, "again").await.unwrap(), released);
    // It costs no budget, because k-anonymity has none.
    let left = place.budget.left(&token(0), "university").await.unwrap();
    assert_eq!(left.processor, micros("1000"));
    assert!(matches!(
        ask(&Place::sqlite(plenty()).await, text, &people[..9], "few").await,
        Err(EvaluateError::Refused(Refused::TooFew))
    ));
}

#[tokio::test]
async fn noise_on_each_value_is_unbiased_costs_no_budget_and_says_that_it_guarantees_nothing() {
    let place = Place::sqlite(plenty()).await;
    let query = query("SELECT AVG(Person.age), SUM(Person.age), COUNT(Person.age)");
    let plan = plan(&query);
    let people = alike(0..2_000, Level::HIGH);
    let mut sum = 0.0;
    for number in 0..20 {
        let terms = format!("offer {number}");
        let added = nest_market::evaluate::Request { method: Method::AddedNoise, ..request(&terms) };
        let released =
            evaluate(&query, &plan, selection(&query, &plan, &people), &added, &place.budget).await.unwrap();
        let again = evaluate(&query, &plan, selection(&query, &plan, &people), &added, &place.budget).await;
        assert_eq!(again.unwrap(), released, "drawn once");
        assert_eq!(released.policy, Policy::AddedNoise { minimum: 10, per_mille: (200, 200) });
        let PartValue::Mean { value } = values(&released)[0] else { panic!() };
        sum += value.to_f64();
    }
    // A standard deviation of 20 for each of 2,000 people in 20 answers: 0.1 for the mean of all.
    assert!((sum / 20.0 - 40.0).abs() < 0.5, "{}", sum / 20.0);
    assert_eq!(place.budget.left(&token(0), "university").await.unwrap().processor, micros("1000"));
    let histogram = super::people::query("SELECT HIST(Person.city)");
    let plan = super::people::plan(&histogram);
    let added = nest_market::evaluate::Request { method: Method::AddedNoise, ..request("terms") };
    let result =
        evaluate(&histogram, &plan, selection(&histogram, &plan, &people), &added, &place.budget).await;
    assert!(matches!(result, Err(EvaluateError::Method { .. })));
}

#[tokio::test]
async fn an_interval_must_fit_the_plan() {
    let query = query("SELECT AVG(Meter.energy)");
    assert!(Plan::of(&query, Window::new(0, 3_600_000, 60_000).unwrap()).is_ok());
}

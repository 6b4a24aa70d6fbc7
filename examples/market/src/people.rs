//! Generated people, who push a day of readings over HTTP.

use rand::RngExt as _;
use reqwest::Method;
use serde_json::{Value as Json, json};

use crate::client::Failure;
use crate::running_market::{PASSWORD, RunningMarket};

/// How many there are.
const PEOPLE: usize = 60;

/// Of them, so many share at the level low, and the others at medium.
const LOW: usize = 40;

/// The day that all questions are about, in seconds since 1970.
pub(crate) const DAY: i64 = 20_000 * 86_400;

/// One person, with what only a demonstration knows: the true values.
pub(crate) struct Person {
    pub(crate) name: String,
    pub(crate) token: String,
    pub(crate) age: u8,
    pub(crate) weight: f64,
    /// The mean of the day's hours.
    pub(crate) temperature: f64,
    /// The mean of the day's hours.
    pub(crate) steps: f64,
    readings: usize,
}

impl Person {
    pub(crate) fn readings(&self) -> usize {
        self.readings
    }
}

/// Makes accounts, shares three sources, and pushes readings.
pub(crate) async fn move_in(market: &RunningMarket) -> Result<Vec<Person>, Failure> {
    let mut people = Vec::with_capacity(PEOPLE);
    for number in 0..PEOPLE {
        let name = format!("person-{number:02}");
        let new = json!({ "role": "person", "name": name, "password": PASSWORD });
        market.caller.call(Method::POST, "/accounts", "", Some(&new)).await?;
        people.push(one(market, name, if number < LOW { "low" } else { "medium" }).await?);
    }
    Ok(people)
}

async fn one(market: &RunningMarket, name: String, level: &str) -> Result<Person, Failure> {
    let token = market.log_in(&name).await?;
    let caller = &market.caller;
    let age = rand::rng().random_range(18..=90_u8);
    let weight = f64::from(rand::rng().random_range(500..=1100_u16)) / 10.0;
    let temperatures: Vec<f64> = hours(|| f64::from(rand::rng().random_range(160..=240_u16)) / 10.0);
    let steps: Vec<f64> = hours(|| f64::from(rand::rng().random_range(0..=900_u16)));
    let about = json!([{ "bt": DAY, "n": "age", "v": age }, { "n": "weight", "u": "kg", "v": weight }]);
    let packs = [
        ("PersonalInformation", about),
        ("Meter", pack("temperature", Some("Cel"), &temperatures)),
        ("Phone", pack("steps", None, &steps)),
    ];
    let mut readings = 0;
    for (source, pack) in packs {
        let begun = caller.call(Method::PUT, &format!("/me/sources/{source}"), &token, None).await?;
        let push = begun.get("push_token").and_then(Json::as_str).unwrap_or_default();
        readings += pack.as_array().map_or(0, Vec::len);
        caller.push(source, push, &pack).await?;
    }
    // What is new starts at "don't share".
    caller.call(Method::PUT, "/me/levels", &token, Some(&json!({ "level": level }))).await?;
    let (temperature, steps) = (mean(&temperatures), mean(&steps));
    Ok(Person { name, token, age, weight, temperature, steps, readings })
}

fn hours(value: impl Fn() -> f64) -> Vec<f64> {
    (0..24).map(|_| value()).collect()
}

fn pack(name: &str, unit: Option<&str>, values: &[f64]) -> Json {
    let record = |(hour, value): (i64, &f64)| {
        let mut record = json!({ "n": name, "t": DAY + hour * 3600, "v": value });
        if let (Some(unit), Some(record)) = (unit, record.as_object_mut()) {
            record.insert("u".to_owned(), unit.into());
        }
        record
    };
    (0..).zip(values).map(record).collect()
}

pub(crate) fn mean(values: &[f64]) -> f64 {
    values.iter().sum::<f64>() / values.len().max(1) as f64
}

//! A data set of eight fields, from the people who take part to the stored answer.

use std::error::Error;
use std::time::Instant;

use nest_market::evaluate::{Answer, Candidate, Method, Request, Selection, evaluate};
use nest_market::level::{Level, Profile};
use nest_market::query::{Dialect, Plan, Query, Window};
use nest_market::series::Value;
use rand::RngExt;

use super::people::{Folder, catalogue, token};

pub(crate) async fn measure() -> Result<(), Box<dyn Error>> {
    println!("## A data set\n");
    println!(
        "`ALL` of eight fields, a third of the people at each of low, medium and high, stored in SQLite.\n"
    );
    println!("| people | seconds | classes |\n| ---: | ---: | ---: |");
    let catalogue = catalogue()?;
    let text = "SELECT ALL(Person.age, Person.height, Person.income, Person.rooms, Person.children, Person.years, \
                Person.distance, Person.member)";
    let query = Query::check(text, &catalogue, Dialect::Strict)?;
    let plan = Plan::of(&query, Window::new(0, 3_600_000, 60_000)?)?;
    let profile = Profile::safe();
    for people in [10_000, 100_000] {
        let mut rng = rand::rng();
        let candidates: Vec<_> = (0..people)
            .map(|number| {
                let age = rng.random_range(0..=100);
                let values = [
                    age,
                    rng.random_range(150..=200),
                    rng.random_range(0..1_000_i128).pow(2),
                    rng.random_range(1..=8),
                    rng.random_range(0..=4),
                    rng.random_range(0..=age.min(80)),
                    rng.random_range(0..=2_000),
                    rng.random_range(0..=1),
                ];
                let level = match number % 3 {
                    0 => Level::LOW,
                    1 => Level::MEDIUM,
                    _ => Level::HIGH,
                };
                let values = values.into_iter().map(|value| Some(Value::Number(value))).collect();
                Candidate::with_values(token(number), level, &plan, values)
            })
            .collect();
        let folder = Folder::new("anonymity")?;
        let budget = folder.budget().await?;
        let request = Request {
            processor: "bench",
            terms: "bench",
            min_people: 50,
            profile: &profile,
            method: Method::Differential,
            period_days: 90,
        };
        let began = Instant::now();
        let selection = Selection::of(&query, Level::HIGH, candidates);
        let released = evaluate(&query, &plan, selection, &request, &budget).await?;
        let seconds = began.elapsed().as_secs_f64();
        let classes = match &released.value {
            Answer::DataSet { data, .. } => data.classes.len(),
            _ => 0,
        };
        println!("| {people} | {seconds:.2} | {classes} |");
    }
    println!();
    Ok(())
}

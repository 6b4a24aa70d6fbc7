//! One mean with a condition: plain SQL on plain rows, and the market with levels, budget and noise.

use std::error::Error;
use std::time::Instant;

use nest_market::evaluate::{Candidate, Method, Request, Selection, evaluate};
use nest_market::level::{Level, Levels, Profile};
use nest_market::query::{Dialect, Plan, Query, Window};
use nest_market::series::{Series, Value};
use rand::RngExt;
use sqlx::Row;

use super::people::{Folder, catalogue, token};

const PEOPLE: u64 = 100_000;
const HOURS: i64 = 24;
const HOUR: i64 = 3_600_000;

const SQL: &str = "SELECT AVG(mean) FROM (SELECT AVG(value) AS mean FROM reading JOIN person USING (person)
    WHERE age > 40 AND time >= 0 AND time < 86400000 GROUP BY person)";

pub(crate) async fn measure() -> Result<(), Box<dyn Error>> {
    println!("## A mean with a condition\n");
    println!(
        "{PEOPLE} people with {HOURS} readings each: the mean temperature of those above 40. Plain SQL is SQLite on plain \
         rows, with an index by person. The market has the readings in memory, as they are after their envelopes were \
         opened: it aligns them, partitions people by level, charges each person in SQLite and draws the noise.\n"
    );
    let folder = Folder::new("aggregate")?;
    let mut rng = rand::rng();
    let people: Vec<(i64, Vec<i64>)> = (0..PEOPLE)
        .map(|_| {
            let base = rng.random_range(50..250);
            (rng.random_range(0..=100), (0..HOURS).map(|_| base + rng.random_range(-30..=30)).collect())
        })
        .collect();

    let (sql, exact) = plain_sql(&folder, &people).await?;
    let series: Vec<(Series, Series)> = people
        .iter()
        .map(|(age, readings)| {
            let age = Series::from_iter([(0, Value::Number((*age).into()))]);
            let readings =
                readings.iter().zip(0..).map(|(value, hour)| (hour * HOUR, Value::Number((*value).into())));
            (age, readings.collect())
        })
        .collect();
    let catalogue = catalogue()?;
    let budget = folder.budget().await?;
    let text = "SELECT AVG(Weather.temperature) WHERE (Person.age > 40)";

    let began = Instant::now();
    let query = Query::check(text, &catalogue, Dialect::Strict)?;
    let plan = Plan::of(&query, Window::new(0, HOURS * HOUR, HOUR)?)?;
    let levels: Vec<Levels> = [Level::LOW, Level::MEDIUM, Level::HIGH]
        .into_iter()
        .map(|level| {
            let mut levels = Levels::new();
            levels.set_all(catalogue.sources(), level);
            levels
        })
        .collect();
    let profile = Profile::safe();
    let checked = began.elapsed().as_secs_f64();
    let (mut aligned, mut answered, mut taking_part) = (f64::INFINITY, f64::INFINITY, 0);
    let mut answer = String::new();
    // The best of three, as for plain SQL. Other terms are another question, which is charged again.
    for terms in ["one", "two", "three"] {
        let began = Instant::now();
        let mut candidates = Vec::with_capacity(series.len());
        for (number, (age, readings)) in series.iter().enumerate() {
            let levels = levels.get(number % 3).ok_or("a level")?;
            candidates.push(Candidate::new(token(number as u64), levels, &query, &plan, |attribute| {
                Some(if attribute.source() == "Person" { age } else { readings })
            }));
        }
        let selection = Selection::of(&query, Level::HIGH, candidates);
        aligned = aligned.min(checked + began.elapsed().as_secs_f64());
        let request = Request {
            processor: "bench",
            terms,
            min_people: 50,
            profile: &profile,
            method: Method::Differential,
            period_days: 90,
        };
        taking_part = selection.len();
        let began = Instant::now();
        let released = evaluate(&query, &plan, selection, &request, &budget).await?;
        answered = answered.min(began.elapsed().as_secs_f64());
        answer = serde_json::to_string(&released)?;
    }

    println!("| what | seconds | by plain SQL |\n| --- | ---: | ---: |");
    println!("| plain SQL: {exact:.3} | {sql:.3} | 1 |");
    println!("| align and select | {aligned:.3} | {:.2} |", aligned / sql);
    println!("| charge {taking_part} people, add up, draw, store | {answered:.3} | {:.2} |", answered / sql);
    println!("| the market in all | {:.3} | {:.2} |\n", aligned + answered, (aligned + answered) / sql);
    println!("It answered `{answer}`.\n");
    Ok(())
}

/// The seconds of the statement, the best of three, and its answer.
async fn plain_sql(folder: &Folder, people: &[(i64, Vec<i64>)]) -> Result<(f64, f64), Box<dyn Error>> {
    use sqlx::sqlite::{SqliteConnectOptions, SqlitePoolOptions};
    let options: SqliteConnectOptions = folder.url("plain.sqlite").parse()?;
    let pool =
        SqlitePoolOptions::new().max_connections(1).connect_with(options.create_if_missing(true)).await?;
    sqlx::query("CREATE TABLE person (person INTEGER PRIMARY KEY, age INTEGER NOT NULL)")
        .execute(&pool)
        .await?;
    sqlx::query(
        "CREATE TABLE reading (person INTEGER NOT NULL, time INTEGER NOT NULL, value REAL NOT NULL,
         PRIMARY KEY (person, time)) WITHOUT ROWID",
    )
    .execute(&pool)
    .await?;
    let mut tx = pool.begin().await?;
    for (person, (age, readings)) in (0_i64..).zip(people) {
        sqlx::query("INSERT INTO person VALUES ($1, $2)").bind(person).bind(age).execute(&mut *tx).await?;
        for (hour, value) in (0_i64..).zip(readings) {
            sqlx::query("INSERT INTO reading VALUES ($1, $2, $3)")
                .bind(person)
                .bind(hour * HOUR)
                .bind(*value as f64 / 10.0)
                .execute(&mut *tx)
                .await?;
        }
    }
    tx.commit().await?;
    let (mut best, mut answer) = (f64::INFINITY, 0.0);
    for _ in 0..3 {
        let began = Instant::now();
        let row = sqlx::query(SQL).fetch_one(&pool).await?;
        best = best.min(began.elapsed().as_secs_f64());
        answer = row.try_get(0)?;
    }
    pool.close().await;
    Ok((best, answer))
}

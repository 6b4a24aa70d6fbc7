//! Measures draws of noise, k-anonymity and answers with a budget; `bench/release/run` sets them beside opendp.
//!
//! `bench-release draws` prints nanoseconds for each draw, a line for each scale; `bench-release rest` prints Markdown.

use std::error::Error;
use std::hint::black_box;
use std::time::{Duration, Instant};

use nest_release::{
    Asked, Budget, Column, DataSetFields, DiscreteLaplace, Limits, Mean, MicroEpsilon, PersonToken, Question,
    RawDataSet, Spend,
};
use nest_schema::Manifest;
use rand::RngExt;

/// The scales: a count at ε 5, 1, 0.5 and 0.1, a sum over 0 to 100 at ε 0.5, and a wide one.
const SCALES: [(u128, u128); 6] = [(1, 5), (1, 1), (2, 1), (10, 1), (250, 1), (1_000_000, 1)];

const DRAWS: u32 = 20_000;

fn main() -> Result<(), Box<dyn Error>> {
    match std::env::args().nth(1).as_deref() {
        Some("draws") => draws(),
        Some("rest") => tokio::runtime::Builder::new_current_thread().enable_all().build()?.block_on(rest()),
        _ => Err("one of: draws, rest".into()),
    }
}

fn draws() -> Result<(), Box<dyn Error>> {
    for (numerator, denominator) in SCALES {
        let noise = DiscreteLaplace::new(numerator, denominator)?;
        let began = Instant::now();
        for _ in 0..DRAWS {
            black_box(noise.draw());
        }
        println!("{numerator}/{denominator} {}", began.elapsed().as_nanos() / u128::from(DRAWS));
    }
    Ok(())
}

/// Eight fields to group by and one beside them, of the kinds that a survey has.
const MANIFEST: &str = r#"{"nest": 1, "name": "Survey", "max_bits": 72, "fields": [
    {"name": "age", "type": "integer", "min": 0, "max": 120},
    {"name": "height", "type": "integer", "min": 40, "max": 250},
    {"name": "income", "type": "integer", "min": 0, "max": 1000000},
    {"name": "rooms", "type": "integer", "min": 0, "max": 40},
    {"name": "children", "type": "integer", "min": 0, "max": 20},
    {"name": "years", "type": "integer", "min": 0, "max": 80},
    {"name": "distance", "type": "integer", "min": 0, "max": 2000},
    {"name": "member", "type": "bool"},
    {"name": "score", "type": "integer", "min": 0, "max": 100}
]}"#;

fn person(number: u64) -> PersonToken {
    let mut bytes = [0; 32];
    bytes[..8].copy_from_slice(&number.to_be_bytes());
    PersonToken::from_bytes(bytes)
}

async fn rest() -> Result<(), Box<dyn Error>> {
    let folder = std::env::temp_dir().join(format!("bench-release-{}", std::process::id()));
    std::fs::create_dir_all(&folder)?;
    let budget =
        Budget::open(&format!("sqlite:{}", folder.join("budget.sqlite").display()), Limits::default())
            .await?;
    anonymity(&budget).await?;
    answers(&budget).await?;
    drop(budget);
    std::fs::remove_dir_all(folder)?;
    Ok(())
}

async fn anonymity(budget: &Budget) -> Result<(), Box<dyn Error>> {
    println!("## k-anonymity\n");
    println!(
        "Mondrian on generated people with eight fields, one release from rows to the stored answer in SQLite.\n"
    );
    println!("| people | k | seconds | classes | people in a class |\n| ---: | ---: | ---: | ---: | ---: |");
    let schema = Manifest::from_json(MANIFEST)?.schema()?;
    let group_by = ["age", "height", "income", "rooms", "children", "years", "distance", "member"];
    for (people, k) in [(10_000, 10), (100_000, 5), (100_000, 10), (100_000, 20)] {
        let mut rng = rand::rng();
        let mut raw = RawDataSet::new(DataSetFields::of(schema, &group_by, &["score"])?);
        for number in 0..people {
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
            raw.add(&person(number), k, &values.map(Some), &[Some(rng.random_range(0..=100))])?;
        }
        let began = Instant::now();
        let released = budget.release_data_set(&format!("{people} {k}"), raw, 90).await?;
        let seconds = began.elapsed().as_secs_f64();
        let classes = released.value.classes.len();
        println!("| {people} | {k} | {seconds:.2} | {classes} | {:.1} |", people as f64 / classes as f64);
    }
    println!();
    Ok(())
}

async fn answers(budget: &Budget) -> Result<(), Box<dyn Error>> {
    println!("## Answers with a budget\n");
    println!(
        "A question from `ask` to the stored answer of `commit`, in SQLite with every transaction flushed to disk.\n"
    );
    println!(
        "| people charged | milliseconds a question | milliseconds to find its answer again |\n| ---: | ---: | ---: |"
    );
    let schema = Manifest::from_json(MANIFEST)?.schema()?;
    let epsilon = MicroEpsilon::from_micros(10_000);
    for (people, questions) in [(100, 50_u32), (1_000, 20), (10_000, 5), (100_000, 1)] {
        let spends: Vec<_> = (0..people).map(|number| Spend { person: person(number), epsilon }).collect();
        let mut charged = Duration::ZERO;
        let mut found = Duration::ZERO;
        for number in 0..questions {
            let question =
                Question::<Mean>::new("bench", Column::of(schema, "age")?, &format!("{people} {number}"));
            let began = Instant::now();
            if let Asked::Reserved(reservation) = budget.ask(&question, &spends, 10).await? {
                let mut pool = reservation.pool();
                for spend in &spends {
                    pool.add(&spend.person, 40)?;
                }
                budget.commit(reservation, pool).await?;
            }
            charged += began.elapsed();
            let began = Instant::now();
            black_box(budget.ask(&question, &spends, 10).await?);
            found += began.elapsed();
        }
        let each = |time: Duration| time.as_secs_f64() * 1_000.0 / f64::from(questions);
        println!("| {people} | {:.1} | {:.1} |", each(charged), each(found));
    }
    Ok(())
}

//! Generated people, their catalogue, and a budget of their own for each test.

use nest_core::prelude::*;
use nest_market::catalogue::Catalogue;
use nest_market::evaluate::{Candidate, Method, Request};
use nest_market::level::{Level, Profile};
use nest_market::query::{Dialect, Plan, Query, Window};
use nest_market::series::Value;
use nest_release::{Budget, Limits, PersonToken};
use nest_testbed_postgres::Postgres;
use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};

use std::path::PathBuf;
use std::sync::{LazyLock, OnceLock};

#[derive(Debug, Clone, Copy, PartialEq, Eq, PepEnum)]
pub(crate) enum City {
    Aachen,
    Groningen,
    Nijmegen,
}

/// What a person says about themselves.
#[derive(PepRecord)]
#[pep(max_blocks = 9, max_bits = 250)]
pub(crate) struct Person {
    #[pep(pseudonym)]
    person: Pseudonym,
    #[pep(range = 0..=100, absent = 101, logical = "personal")]
    age: Option<u8>,
    #[pep(range = 30.0..=250.0, decimals = 1, logical = "medical", unit = "kg")]
    weight: f64,
    #[pep(logical = "location")]
    city: City,
    #[pep(logical = "personal")]
    smoker: bool,
    #[pep(max_bytes = 15, logical = "custom:notes")]
    note: String,
}

pub(crate) const METER: &str = r#"{"nest": 1, "name": "Meter", "fields": [
    {"name": "energy", "type": "integer", "min": 0, "max": 50000, "logical": "consumption", "unit": "Wh"}
]}"#;

pub(crate) fn catalogue() -> &'static Catalogue {
    static CATALOGUE: LazyLock<Catalogue> = LazyLock::new(|| {
        Catalogue::new().record::<Person>().unwrap().steady("Person").unwrap().manifest(METER).unwrap()
    });
    &CATALOGUE
}

pub(crate) fn query(text: &str) -> Query {
    Query::check(text, catalogue(), Dialect::Relaxed).unwrap()
}

/// The plan of a query for one day, in hours.
pub(crate) fn plan(query: &Query) -> Plan {
    Plan::of(query, Window::new(0, 86_400_000, 3_600_000).unwrap()).unwrap()
}

pub(crate) fn token(number: u64) -> PersonToken {
    let mut bytes = [0x5a; 32];
    bytes[..8].copy_from_slice(&number.to_be_bytes());
    PersonToken::from_bytes(bytes)
}

/// One generated person: the values by name, and a level.
#[derive(Clone)]
pub(crate) struct Known {
    pub(crate) number: u64,
    pub(crate) age: Option<i128>,
    /// In tenths.
    pub(crate) weight: i128,
    pub(crate) city: i128,
    pub(crate) smoker: i128,
    pub(crate) note: String,
    pub(crate) energy: Option<i128>,
    pub(crate) level: Level,
}

impl Known {
    pub(crate) fn value(&self, source: &str, name: &str) -> Option<Value> {
        match (source, name) {
            ("Person", "age") => self.age.map(Value::Number),
            ("Person", "weight") => Some(Value::Number(self.weight)),
            ("Person", "city") => Some(Value::Number(self.city)),
            ("Person", "smoker") => Some(Value::Number(self.smoker)),
            ("Person", "note") => Some(Value::Text(self.note.clone())),
            ("Meter", "energy") => self.energy.map(Value::Number),
            other => panic!("{other:?}"),
        }
    }

    pub(crate) fn candidate(&self, query: &Query, plan: &Plan) -> Candidate {
        let values = query
            .attributes()
            .iter()
            .map(|attribute| self.value(attribute.source(), attribute.name()))
            .collect();
        Candidate::with_values(token(self.number), self.level, plan, values)
    }
}

pub(crate) fn seeded(seed: u64) -> StdRng {
    StdRng::seed_from_u64(seed)
}

pub(crate) const NOTES: [&str; 3] = ["well", "it's so", "NOT well"];

pub(crate) fn generated(count: u64, seed: u64) -> Vec<Known> {
    let mut rng = seeded(seed);
    let levels = [Level::LOW, Level::MEDIUM, Level::HIGH, Level::DONT_SHARE];
    (0..count)
        .map(|number| Known {
            number,
            age: rng.random_bool(0.9).then(|| rng.random_range(0..=100)),
            weight: rng.random_range(300..=2_500),
            city: rng.random_range(0..3),
            smoker: rng.random_range(0..2),
            note: NOTES[rng.random_range(0..3)].to_owned(),
            energy: rng.random_bool(0.8).then(|| rng.random_range(0..=50_000)),
            level: levels[rng.random_range(0..4)],
        })
        .collect()
}

/// Everybody at one level, with an age of 40.
pub(crate) fn alike(people: std::ops::Range<u64>, level: Level) -> Vec<Known> {
    let known = |number| Known {
        number,
        age: Some(40),
        weight: 700,
        city: 0,
        smoker: 0,
        note: "well".to_owned(),
        energy: Some(9_000),
        level,
    };
    people.map(known).collect()
}

pub(crate) fn safe() -> &'static Profile {
    static SAFE: LazyLock<Profile> = LazyLock::new(Profile::safe);
    &SAFE
}

pub(crate) fn request(terms: &str) -> Request<'_> {
    Request {
        processor: "university",
        terms,
        min_people: 10,
        profile: safe(),
        method: Method::Differential,
        period_days: 90,
    }
}

/// A budget in a database of its own.
pub(crate) struct Place {
    pub(crate) budget: Budget,
    folder: Option<PathBuf>,
}

impl Place {
    pub(crate) async fn sqlite(limits: Limits) -> Self {
        let folder = std::env::temp_dir().join(format!("nest-engine-{:016x}", rand::random::<u64>()));
        std::fs::create_dir(&folder).unwrap();
        let url = format!("sqlite:{}", folder.join("budget.db").display());
        Self { budget: Budget::open(&url, limits).await.unwrap(), folder: Some(folder) }
    }

    pub(crate) async fn postgres(limits: Limits) -> Self {
        static SERVER: OnceLock<Postgres> = OnceLock::new();
        let url = SERVER.get_or_init(|| Postgres::start().unwrap()).fresh_database().unwrap();
        Self { budget: Budget::open(&url, limits).await.unwrap(), folder: None }
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        if let Some(folder) = &self.folder {
            let _ = std::fs::remove_dir_all(folder);
        }
    }
}

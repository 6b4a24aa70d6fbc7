//! The catalogue of the benchmark, and its people.

use std::error::Error;
use std::path::PathBuf;

use nest_market::catalogue::Catalogue;
use nest_release::{Budget, Limits, PersonToken};

const PERSON: &str = r#"{"nest": 1, "name": "Person", "max_bits": 72, "fields": [
    {"name": "age", "type": "integer", "min": 0, "max": 120, "logical": "personal"},
    {"name": "height", "type": "integer", "min": 40, "max": 250, "logical": "medical"},
    {"name": "income", "type": "integer", "min": 0, "max": 1000000, "logical": "personal"},
    {"name": "rooms", "type": "integer", "min": 0, "max": 40, "logical": "personal"},
    {"name": "children", "type": "integer", "min": 0, "max": 20, "logical": "personal"},
    {"name": "years", "type": "integer", "min": 0, "max": 80, "logical": "personal"},
    {"name": "distance", "type": "integer", "min": 0, "max": 2000, "logical": "location"},
    {"name": "member", "type": "bool", "logical": "personal"}
]}"#;

const WEATHER: &str = r#"{"nest": 1, "name": "Weather", "fields": [
    {"name": "temperature", "type": "decimal", "min": -60, "max": 60, "decimals": 1,
     "logical": "sensor", "unit": "Cel"}
]}"#;

pub(crate) fn catalogue() -> Result<Catalogue, Box<dyn Error>> {
    Ok(Catalogue::new().manifest(PERSON)?.steady("Person")?.manifest(WEATHER)?)
}

pub(crate) fn token(number: u64) -> PersonToken {
    let mut bytes = [0; 32];
    for (byte, digit) in bytes.iter_mut().zip(number.to_be_bytes()) {
        *byte = digit;
    }
    PersonToken::from_bytes(bytes)
}

/// A folder that goes when it is dropped.
pub(crate) struct Folder(PathBuf);

impl Folder {
    pub(crate) fn new(name: &str) -> std::io::Result<Self> {
        let folder = std::env::temp_dir().join(format!("bench-market-{name}-{}", std::process::id()));
        std::fs::create_dir_all(&folder)?;
        Ok(Self(folder))
    }

    pub(crate) fn url(&self, file: &str) -> String {
        format!("sqlite:{}", self.0.join(file).display())
    }

    pub(crate) async fn budget(&self) -> Result<Budget, Box<dyn Error>> {
        Ok(Budget::open(&self.url("budget.sqlite"), Limits::default()).await?)
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

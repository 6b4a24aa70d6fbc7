//! What the tests of this crate share: a catalogue of three sources.

use nest_core::prelude::*;

use crate::catalogue::Catalogue;

#[derive(Debug, Clone, Copy, PartialEq, Eq, PepEnum)]
pub(crate) enum City {
    Aachen,
    #[pep(rename = "Köln")]
    Koeln,
    Groningen,
}

/// What a person says about themselves.
#[derive(PepRecord)]
#[pep(max_blocks = 9, max_bits = 250)]
pub(crate) struct PersonalInformation {
    #[pep(pseudonym)]
    person: Pseudonym,
    #[pep(range = 0..=120, absent = 121, logical = "personal")]
    age: Option<u8>,
    #[pep(range = 30.0..=250.0, decimals = 1, logical = "medical", unit = "kg")]
    weight: f64,
    #[pep(logical = "location")]
    city: City,
    #[pep(logical = "personal")]
    smoker: bool,
    #[pep(range = "1900-01"..="2030-12", logical = "personal")]
    born: nest_core::time::Month,
    #[pep(max_bytes = 15)]
    remark: String,
}

pub(crate) const WEATHER: &str = r#"{"nest": 1, "name": "WeatherStation", "fields": [
    {"name": "temperature", "type": "decimal", "min": -60, "max": 60, "decimals": 1,
     "logical": "sensor", "unit": "Cel", "context": "outside"},
    {"name": "humidity", "type": "integer", "min": 0, "max": 100, "logical": "sensor", "unit": "%RH"}
]}"#;

pub(crate) const METER: &str = r#"{"nest": 1, "name": "Meter", "fields": [
    {"name": "energy", "type": "integer", "min": 0, "max": 50000, "logical": "consumption", "unit": "Wh"},
    {"name": "temperature", "type": "decimal", "min": -60, "max": 60, "decimals": 1,
     "logical": "sensor", "unit": "Cel", "context": "inside"}
]}"#;

pub(crate) fn catalogue() -> Catalogue {
    Catalogue::new()
        .record::<PersonalInformation>()
        .unwrap()
        .steady("PersonalInformation")
        .unwrap()
        .manifest(WEATHER)
        .unwrap()
        .manifest(METER)
        .unwrap()
}

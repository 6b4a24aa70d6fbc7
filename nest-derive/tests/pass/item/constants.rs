//! Bounds may be constants, of the type itself as well, also in a field's type.

use nest_core::prelude::*;
use nest_core::schema::Type;
use nest_core::time::{Day, Month};

const FIRST: &str = "2020-01";
const LAST: &str = "2035-12";
const START: &str = "2020-01-01";
const NONE: &str = "-";
const LOWEST: f32 = 34.2;

#[derive(Debug, PartialEq, PepRecord)]
#[pep(max_blocks = Self::ITEMS + 5, max_bits = 200)]
struct Note {
    #[pep(range = 0..=Self::TOP)]
    answers: [u8; Self::ITEMS],
    #[pep(range = FIRST..=LAST)]
    month: Month,
    #[pep(range = START..="2035-12-31", absent)]
    day: Option<Day>,
    #[pep(max_bytes = 15, absent = NONE)]
    remark: Option<String>,
    #[pep(decimals = 1, range = LOWEST..=42.1_f32)]
    celsius: f32,
    #[pep(range = -Self::STEP..=Self::STEP * 2)]
    change: i8,
}

impl Note {
    const ITEMS: usize = 4;
    const TOP: u8 = 3;
    const STEP: i8 = 3;
}

fn main() {
    let note = Note {
        answers: [3; Note::ITEMS],
        month: "2024-05".parse().unwrap(),
        day: None,
        remark: None,
        celsius: 42.1,
        change: 6,
    };
    assert_eq!(Note::from_pep(&note.to_pep().unwrap()).unwrap(), note);
    assert!(Note { change: 7, ..note }.to_pep().is_err());
    assert_eq!(Note::SCHEMA.fields[4].ty, Type::Decimal { min: 342, max: 421, decimals: 1 });
    assert_eq!(Note::SCHEMA.fields[5].ty, Type::Integer { min: -3, max: 6 });
}

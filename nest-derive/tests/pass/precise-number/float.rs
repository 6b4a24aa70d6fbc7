use nest_core::prelude::*;
use nest_core::schema::Type;

#[derive(Debug, PartialEq, PepRecord)]
#[pep(max_blocks = 3)]
struct Note {
    #[pep(decimals = 1, range = -40.0..=60.0)]
    celsius: f32,
    #[pep(decimals = 0, range = 0..=200)]
    weight: f64,
    #[pep(decimals = 12, range = 0.0..=1.0)]
    part: f64,
}

fn main() {
    let note = Note { celsius: 21.5, weight: 70.0, part: 0.123456789012 };
    assert_eq!(Note::from_pep(&note.to_pep().unwrap()).unwrap(), note);
    assert_eq!(Note::SCHEMA.fields[0].ty, Type::Decimal { min: -400, max: 600, decimals: 1 });
    let rounded = Note { weight: 70.4, ..note };
    assert_eq!(Note::from_pep(&rounded.to_pep().unwrap()).unwrap().weight, 70.0);
    assert!(Note { weight: f64::INFINITY, ..rounded }.to_pep().is_err());
}

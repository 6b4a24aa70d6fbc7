use nest_core::prelude::*;
use nest_core::schema::Absent;

#[derive(Debug, PartialEq, PepRecord)]
#[pep(max_blocks = 1)]
struct Note {
    #[pep(range = 288..=775, absent = 0)]
    reading: Option<u16>,
}

fn main() {
    let (with, without) = (Note { reading: Some(518) }, Note { reading: None });
    let (one, other) = (with.to_pep().unwrap(), without.to_pep().unwrap());
    assert_eq!(one.structure(), other.structure());
    assert_eq!(Note::from_pep(&one).unwrap(), with);
    assert_eq!(Note::from_pep(&other).unwrap(), without);
    assert_eq!(Note::SCHEMA.fields[0].absent(), Some(Absent::Number(0)));
    assert!(Note { reading: Some(0) }.to_pep().is_err());
}

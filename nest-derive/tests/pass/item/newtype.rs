use nest_core::prelude::*;
use nest_core::time::Month;

/// Attributes stand where the type is used.
#[derive(Debug, Clone, Copy, PartialEq, PepField)]
struct Grams(u16);

#[derive(Debug, PartialEq, PepField)]
struct Town(String);

#[derive(Debug, Clone, Copy, PartialEq, PepField)]
struct Pupil(Pseudonym);

#[derive(Debug, Clone, Copy, PartialEq, PepField)]
struct Began(Month);

#[derive(Debug, PartialEq, PepField)]
struct Scores([u8; 3]);

mod inner {
    use super::PepField;

    #[derive(Debug, PartialEq, PepField)]
    pub struct Sure(pub bool);
}

#[derive(Debug, PartialEq, PepRecord)]
#[pep(max_blocks = 12, max_bits = 400)]
struct Note {
    #[pep(pseudonym)]
    pupil: Pupil,
    #[pep(range = 0..=300)]
    weight: Grams,
    #[pep(range = 1..=300, absent = 0)]
    before: Option<Grams>,
    #[pep(max_bytes = 15)]
    town: Town,
    #[pep(range = "2020-01"..="2030-12")]
    began: Began,
    #[pep(range = 0..=5)]
    scores: Scores,
    #[pep(range = 0..=300, max_len = 2)]
    all: Vec<Grams>,
    sure: inner::Sure,
}

#[derive(PepRecord)]
#[pep(max_blocks = 12, max_bits = 400)]
struct Plain {
    #[pep(pseudonym)]
    pupil: Pseudonym,
    #[pep(range = 0..=300)]
    weight: u16,
    #[pep(range = 1..=300, absent = 0)]
    before: Option<u16>,
    #[pep(max_bytes = 15)]
    town: String,
    #[pep(range = "2020-01"..="2030-12")]
    began: Month,
    #[pep(range = 0..=5)]
    scores: [u8; 3],
    #[pep(range = 0..=300, max_len = 2)]
    all: Vec<u16>,
    sure: bool,
}

fn main() {
    let note = Note {
        pupil: Pupil(Pseudonym::random()),
        weight: Grams(120),
        before: None,
        town: Town("Delft".to_owned()),
        began: Began("2024-05".parse().unwrap()),
        scores: Scores([1, 2, 3]),
        all: vec![Grams(300)],
        sure: inner::Sure(true),
    };
    assert_eq!(Note::from_pep(&note.to_pep().unwrap()).unwrap(), note);
    assert_eq!(Note::structure(), Plain::structure());
    assert_eq!(Note::SCHEMA.meaning_fingerprint(), Plain::SCHEMA.meaning_fingerprint());
    assert!(Note { weight: Grams(301), ..note }.to_pep().is_err());
}

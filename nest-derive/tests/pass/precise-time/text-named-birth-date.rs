use nest_core::prelude::*;
use nest_core::time::Year;

#[derive(Debug, PartialEq, PepRecord)]
#[pep(max_blocks = 1, max_bits = 5)]
struct Note {
    #[pep(range = 2005..=2035)]
    birth_date: Year,
}

fn main() {
    let note = Note { birth_date: "2018".parse().unwrap() };
    assert_eq!(Note::from_pep(&note.to_pep().unwrap()).unwrap(), note);
}

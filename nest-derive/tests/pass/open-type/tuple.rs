use nest_core::prelude::*;

#[derive(Debug, PartialEq, PepRecord)]
#[pep(max_blocks = 2)]
struct Pair {
    done: bool,
    score: u8,
}

#[derive(Debug, PartialEq, PepRecord)]
#[pep(max_blocks = 2)]
struct Note {
    pair: Pair,
}

fn main() {
    let note = Note { pair: Pair { done: true, score: 7 } };
    assert_eq!(Note::from_pep(&note.to_pep().unwrap()).unwrap(), note);
    assert_eq!(Note::SCHEMA.fields[0].ty.record().unwrap().name, "Pair");
}

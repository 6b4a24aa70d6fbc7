use nest_core::prelude::*;

/// As many projects have it.
#[allow(dead_code)]
type Result<T> = std::result::Result<T, std::io::Error>;

#[derive(Debug, PartialEq, PepRecord)]
#[pep(max_blocks = 3)]
struct Note {
    done: bool,
    outcome: Outcome,
}

#[derive(Debug, PartialEq, PepRecord)]
#[pep(max_blocks = 2)]
enum Outcome {
    Done { score: u8 },
    NotYet,
}

fn main() {
    let note = Note { done: true, outcome: Outcome::Done { score: 7 } };
    assert_eq!(Note::from_pep(&note.to_pep().unwrap()).unwrap(), note);
    assert!(matches!(Outcome::NotYet.to_pep(), Ok(_)));
}

use ::nest_core::prelude::*;

#[allow(dead_code)]
mod core {
    pub mod result {}
}

#[allow(dead_code)]
mod std {}

#[allow(dead_code)]
mod alloc {}

#[allow(dead_code)]
mod nest_core {
    pub mod __private_v1 {}
}

#[derive(Debug, PartialEq, PepEnum)]
enum Reason {
    Ill,
    Moved,
}

#[derive(Debug, PartialEq, PepRecord)]
#[pep(max_blocks = 4)]
struct Note {
    reason: Reason,
    #[pep(range = 0..=9, absent = 10)]
    score: Option<u16>,
    outcome: Outcome,
}

#[derive(Debug, PartialEq, PepRecord)]
#[pep(max_blocks = 2)]
enum Outcome {
    Done { score: u8 },
    NotYet,
}

::nest_core::same_shape!(Note, Note);

fn main() {
    let note = Note { reason: Reason::Ill, score: None, outcome: Outcome::Done { score: 7 } };
    assert_eq!(Note::from_pep(&note.to_pep().unwrap()).unwrap(), note);
    assert_eq!(Reason::Moved.code(), 1);
    assert!(Outcome::NotYet.to_pep().is_ok());
}

use nest_core::prelude::*;

const QUESTIONS: usize = 4;

#[derive(Debug, PartialEq, PepRecord)]
#[pep(max_blocks = QUESTIONS)]
struct Note {
    answers: [bool; QUESTIONS],
}

fn main() {
    let note = Note { answers: [true, false, false, true] };
    assert_eq!(Note::from_pep(&note.to_pep().unwrap()).unwrap(), note);
    assert_eq!(Note::BLOCKS, QUESTIONS);
}

use nest_core::prelude::*;

#[derive(Debug, PartialEq, PepRecord)]
#[pep(max_blocks = 4)]
struct Note {
    #[pep(range = 0..=1000, absent = 1001)]
    answers: [Option<u16>; 4],
}

fn main() {
    let note = Note { answers: [None, Some(1), None, Some(1000)] };
    assert_eq!(Note::from_pep(&note.to_pep().unwrap()).unwrap(), note);
    assert_eq!(Note::BLOCKS, 4);
}

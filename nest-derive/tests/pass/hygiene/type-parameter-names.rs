use nest_core::prelude::*;

#[derive(Debug, PartialEq, PepRecord)]
#[pep(max_blocks = 1)]
struct Score {
    points: u8,
}

#[derive(Debug, PartialEq, PepRecord)]
#[pep(max_blocks = 3)]
struct Note<D: PepRecord, R: PepRecord, __D: PepRecord> {
    d: D,
    r: R,
    other: __D,
}

fn main() {
    let score = || Score { points: 3 };
    let note = Note { d: score(), r: score(), other: score() };
    assert_eq!(Note::from_pep(&note.to_pep().unwrap()).unwrap(), note);
}

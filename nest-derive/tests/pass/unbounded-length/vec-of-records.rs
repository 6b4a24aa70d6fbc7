use nest_core::prelude::*;

#[derive(Debug, PartialEq, PepRecord)]
#[pep(max_blocks = 2)]
struct Score {
    #[pep(range = 0..=100)]
    points: u8,
    final_: bool,
}

#[derive(Debug, PartialEq, PepRecord)]
#[pep(max_blocks = 7)]
struct Note {
    #[pep(max_len = 3)]
    scores: Vec<Score>,
}

fn main() {
    let note = Note { scores: vec![Score { points: 87, final_: true }] };
    let empty = Note { scores: vec![] };
    let pep = note.to_pep().unwrap();
    assert_eq!(pep.structure(), empty.to_pep().unwrap().structure());
    assert_eq!(Note::from_pep(&pep).unwrap(), note);
    assert_eq!(Note::BLOCKS, 7);
}

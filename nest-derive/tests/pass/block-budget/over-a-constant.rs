use nest_core::prelude::*;

const BUDGET: usize = Score::BLOCKS * 4;

#[derive(PepRecord)]
#[pep(max_blocks = 1)]
struct Score {
    points: u8,
}

#[derive(PepRecord)]
#[pep(max_blocks = BUDGET + 1)]
struct Note {
    #[pep(max_len = 4)]
    scores: Vec<Score>,
}

fn main() {
    assert_eq!(Note::SCHEMA.max_blocks, 5);
    assert_eq!(Note::BLOCKS, 5);
}

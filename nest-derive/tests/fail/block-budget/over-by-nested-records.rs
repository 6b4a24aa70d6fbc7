use nest_core::prelude::*;

#[derive(PepRecord)]
#[pep(max_blocks = 1)]
struct Score {
    done: bool,
}

#[derive(PepRecord)]
#[pep(max_blocks = 5)]
struct Note {
    #[pep(max_len = 5)]
    scores: Vec<Score>,
}

fn main() {}

use nest_core::prelude::*;

#[derive(PepRecord)]
#[pep(max_blocks = 1)]
struct Score {
    done: bool,
}

#[derive(PepRecord)]
#[pep(max_blocks = 11)]
struct Note {
    scores: Vec<Score>,
}

fn main() {}

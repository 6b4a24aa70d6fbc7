use nest_core::prelude::*;

#[derive(PepRecord)]
#[pep(max_blocks = 1)]
struct Score {
    done: bool,
}

#[derive(PepRecord)]
#[pep(max_blocks = 1, kind = "progress")]
struct Note {
    score: Score,
}

fn main() {}

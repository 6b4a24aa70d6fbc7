use nest_core::prelude::*;

#[derive(PepRecord)]
#[pep(max_blocks = 1)]
struct Score {
    done: bool,
}

#[derive(PepRecord)]
#[pep(max_blocks = 2, max_bits = 1)]
struct Note {
    score: Score,
    done: bool,
}

fn main() {}

use nest_core::prelude::*;

struct Score {
    done: bool,
}

#[derive(PepRecord)]
#[pep(max_blocks = 1)]
struct Note {
    score: Score,
}

fn main() {}

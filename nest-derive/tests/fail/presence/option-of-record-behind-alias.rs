use nest_core::prelude::*;

#[derive(PepRecord)]
#[pep(max_blocks = 1)]
struct Score {
    done: bool,
}

type Maybe = Option<Score>;

#[derive(PepRecord)]
#[pep(max_blocks = 2)]
struct Note {
    score: Maybe,
}

fn main() {}

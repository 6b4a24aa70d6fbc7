use nest_core::prelude::*;

#[derive(PepRecord)]
#[pep(max_blocks = 1)]
struct Score {
    done: bool,
}

#[derive(PepRecord)]
#[pep(max_blocks = 1)]
struct Note {
    #[pep(absent)]
    score: Option<Score>,
}

fn main() {}

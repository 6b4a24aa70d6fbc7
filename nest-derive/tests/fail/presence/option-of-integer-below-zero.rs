use nest_core::prelude::*;

#[derive(PepRecord)]
#[pep(max_blocks = 2)]
struct Note {
    #[pep(range = -5..=127)]
    score: Option<i8>,
}

fn main() {}

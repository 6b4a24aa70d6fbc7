use nest_core::prelude::*;

const BUDGET: usize = 3;

#[derive(PepRecord)]
#[pep(max_blocks = BUDGET)]
struct Note {
    answers: [bool; 4],
}

fn main() {}

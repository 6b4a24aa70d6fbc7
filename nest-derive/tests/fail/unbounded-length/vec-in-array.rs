use nest_core::prelude::*;

#[derive(PepRecord)]
#[pep(max_blocks = 22)]
struct Note {
    answers: [Vec<bool>; 2],
}

fn main() {}

use nest_core::prelude::*;

#[derive(PepRecord)]
#[pep(max_blocks = 1, activity = assessment)]
struct Note {
    score: u8,
}

fn main() {}

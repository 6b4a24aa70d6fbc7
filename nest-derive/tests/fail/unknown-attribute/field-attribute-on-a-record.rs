use nest_core::prelude::*;

#[derive(PepRecord)]
#[pep(max_blocks = 1, range = 0..=10)]
struct Note {
    score: u8,
}

fn main() {}

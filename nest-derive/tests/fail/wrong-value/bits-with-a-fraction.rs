use nest_core::prelude::*;

#[derive(PepRecord)]
#[pep(max_blocks = 1, max_bits = 8.5)]
struct Note {
    score: u8,
}

fn main() {}

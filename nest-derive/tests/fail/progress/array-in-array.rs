use nest_core::prelude::*;

#[derive(PepRecord)]
#[pep(kind = "progress", max_blocks = 4, max_bits = 200)]
struct Note {
    steps: [[bool; 2]; 2],
}

fn main() {}

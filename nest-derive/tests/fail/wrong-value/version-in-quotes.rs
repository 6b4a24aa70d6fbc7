use nest_core::prelude::*;

#[derive(PepRecord)]
#[pep(max_blocks = 1, version = "1.0")]
struct Note {
    score: u8,
}

fn main() {}

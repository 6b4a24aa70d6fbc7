use nest_core::prelude::*;

#[derive(PepRecord)]
#[pep(max_blocks)]
struct Note {
    score: u8,
}

fn main() {}

use nest_core::prelude::*;

#[derive(PepRecord)]
#[pep(max_block = 1)]
struct Note {
    score: u8,
}

fn main() {}

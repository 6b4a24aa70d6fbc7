use nest_core::prelude::*;

#[derive(PepRecord)]
#[pep(max-blocks = 1)]
struct Note {
    score: u8,
}

fn main() {}

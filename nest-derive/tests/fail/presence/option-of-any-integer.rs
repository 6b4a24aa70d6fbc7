use nest_core::prelude::*;

#[derive(PepRecord)]
#[pep(max_blocks = 2)]
struct Note {
    score: Option<u16>,
}

fn main() {}

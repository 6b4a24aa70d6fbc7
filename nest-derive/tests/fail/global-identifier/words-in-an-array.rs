use nest_core::prelude::*;

#[derive(PepRecord)]
#[pep(max_blocks = 8)]
struct Note {
    content: [i16; 8],
}

fn main() {}

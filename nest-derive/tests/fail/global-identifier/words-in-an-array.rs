use nest_core::prelude::*;

#[derive(PepRecord)]
#[pep(max_blocks = 8, max_bits = 128)]
struct Note {
    content: [i16; 8],
}

fn main() {}

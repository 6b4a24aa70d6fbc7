use nest_core::prelude::*;

#[derive(PepRecord)]
#[pep(max_blocks = 16, max_bits = 128)]
struct Note {
    content: [u8; 16],
}

fn main() {}

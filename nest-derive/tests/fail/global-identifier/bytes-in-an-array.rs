use nest_core::prelude::*;

#[derive(PepRecord)]
#[pep(max_blocks = 16)]
struct Note {
    content: [u8; 16],
}

fn main() {}

use nest_core::prelude::*;

type Key = [u8; 16];

#[derive(PepRecord)]
#[pep(max_blocks = 16, max_bits = 128)]
struct Note {
    content: Key,
}

fn main() {}

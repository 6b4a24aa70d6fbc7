use nest_core::prelude::*;

type Key = [u8; 16];

#[derive(PepRecord)]
#[pep(max_blocks = 16)]
struct Note {
    content: Key,
}

fn main() {}

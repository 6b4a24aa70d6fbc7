use nest_core::prelude::*;

#[derive(PepRecord)]
#[pep(max_blocks = 128, max_bits = 128)]
struct Note {
    uuid: [bool; 128],
}

fn main() {}

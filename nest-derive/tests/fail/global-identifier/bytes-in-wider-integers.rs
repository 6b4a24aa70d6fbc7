use nest_core::prelude::*;

#[derive(PepRecord)]
#[pep(max_blocks = 16, max_bits = 128)]
struct Note {
    #[pep(range = 0..=255)]
    content: [u16; 16],
}

fn main() {}

use nest_core::prelude::*;

#[derive(PepRecord)]
#[pep(max_blocks = 16)]
struct Note {
    #[pep(range = 0..=255)]
    content: [u16; 16],
}

fn main() {}

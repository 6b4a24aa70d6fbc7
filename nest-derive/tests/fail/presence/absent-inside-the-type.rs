use nest_core::prelude::*;

#[derive(PepRecord)]
#[pep(max_blocks = 8, max_bits = 400)]
struct Note {
    #[pep(absent = 255)]
    score: Option<u8>,
}

fn main() {}

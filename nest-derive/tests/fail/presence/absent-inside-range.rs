use nest_core::prelude::*;

#[derive(PepRecord)]
#[pep(max_blocks = 8, max_bits = 400)]
struct Note {
    #[pep(range = 0..=100, absent = 0)]
    score: Option<u8>,
}

fn main() {}

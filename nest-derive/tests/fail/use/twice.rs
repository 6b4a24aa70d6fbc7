use nest_core::prelude::*;

#[derive(PepRecord)]
#[pep(max_blocks = 8, max_bits = 400)]
struct Note {
    #[pep(range = 0..=9, uses(sum, sum))]
    score: u8,
}

fn main() {}

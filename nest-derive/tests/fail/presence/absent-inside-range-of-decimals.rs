use nest_core::prelude::*;

#[derive(PepRecord)]
#[pep(max_blocks = 8, max_bits = 400)]
struct Note {
    #[pep(decimals = 1, range = 0.0..=1.0, absent = 0.5)]
    score: Option<f32>,
}

fn main() {}

use nest_core::prelude::*;

#[derive(PepRecord)]
#[pep(kind = "progress", max_blocks = 1, max_bits = 200)]
struct Note {
    #[pep(decimals = 1, range = 0.0..=1.0)]
    part: f32,
}

fn main() {}

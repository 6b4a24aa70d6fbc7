use nest_core::prelude::*;

const HIGHEST: f32 = 42.15;

#[derive(PepRecord)]
#[pep(max_blocks = 2)]
struct Note {
    #[pep(decimals = 1, range = 0.0..=HIGHEST)]
    celsius: f32,
}

fn main() {}

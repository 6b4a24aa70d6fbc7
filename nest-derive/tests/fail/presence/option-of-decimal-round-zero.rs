use nest_core::prelude::*;

#[derive(PepRecord)]
#[pep(max_blocks = 2)]
struct Note {
    #[pep(decimals = 1, range = -40.0..=60.5)]
    celsius: Option<f32>,
}

fn main() {}

use nest_core::prelude::*;

#[derive(PepRecord)]
#[pep(max_blocks = 1)]
struct Note {
    #[pep(decimals = 1, range = 35.0..=43.0)]
    celsius: Option<f32>,
}

fn main() {}

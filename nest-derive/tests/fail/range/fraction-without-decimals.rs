use nest_core::prelude::*;

#[derive(PepRecord)]
#[pep(max_blocks = 1)]
struct Note {
    #[pep(range = 0.0..=10.5)]
    weight: f32,
}

fn main() {}

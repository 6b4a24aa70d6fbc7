use nest_core::prelude::*;

#[derive(PepRecord)]
#[pep(max_blocks = 3)]
struct Note {
    weights: [f32; 3],
}

fn main() {}

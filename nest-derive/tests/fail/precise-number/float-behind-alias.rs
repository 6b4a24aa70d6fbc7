use nest_core::prelude::*;

type Kilograms = f32;

#[derive(PepRecord)]
#[pep(max_blocks = 1)]
struct Note {
    weight: Kilograms,
}

fn main() {}

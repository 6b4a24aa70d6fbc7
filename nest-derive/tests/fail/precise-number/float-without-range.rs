use nest_core::prelude::*;

#[derive(PepRecord)]
#[pep(max_blocks = 1)]
struct Note {
    #[pep(decimals = 1)]
    weight: f64,
}

fn main() {}

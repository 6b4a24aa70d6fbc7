use nest_core::prelude::*;

#[derive(PepRecord)]
#[pep(max_blocks = 1)]
struct Note {
    #[pep(decimals = 6, range = 0.0..=1_000_000_000.0)]
    weight: f64,
}

fn main() {}

use nest_core::prelude::*;

#[derive(PepRecord)]
#[pep(max_blocks = 1)]
struct Note {
    #[pep(decimals = 6, range = 0.0..=86_400.0)]
    time: f64,
}

fn main() {}

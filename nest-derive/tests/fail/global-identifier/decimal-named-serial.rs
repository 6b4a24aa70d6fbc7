use nest_core::prelude::*;

#[derive(PepRecord)]
#[pep(max_blocks = 1)]
struct Note {
    #[pep(decimals = 0, range = 0.0..=999_999.0)]
    serial: f64,
}

fn main() {}

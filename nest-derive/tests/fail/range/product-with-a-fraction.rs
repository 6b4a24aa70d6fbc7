use nest_core::prelude::*;

const MARGIN: f64 = 2.5;

#[derive(PepRecord)]
#[pep(max_blocks = 2)]
struct Note {
    #[pep(range = 0..=MARGIN * 2.2)]
    steps: u8,
}

fn main() {}

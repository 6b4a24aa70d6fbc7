use nest_core::prelude::*;

#[derive(PepRecord)]
#[pep(max_blocks = 1)]
struct Note {
    #[pep(range = 0.5..=10.5)]
    score: u8,
}

fn main() {}

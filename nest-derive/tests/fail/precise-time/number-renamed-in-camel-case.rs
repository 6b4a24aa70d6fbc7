use nest_core::prelude::*;

#[derive(PepRecord)]
#[pep(max_blocks = 1)]
struct Note {
    #[pep(range = 0..=4_000_000, rename = "createdAt")]
    start: u32,
}

fn main() {}

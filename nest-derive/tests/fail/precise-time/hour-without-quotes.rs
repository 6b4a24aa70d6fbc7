use nest_core::prelude::*;
use nest_core::time::Hour;

#[derive(PepRecord)]
#[pep(max_blocks = 2)]
struct Note {
    #[pep(range = 2024-01-01T00..=2026-12-31T23)]
    seen: Hour,
}

fn main() {}

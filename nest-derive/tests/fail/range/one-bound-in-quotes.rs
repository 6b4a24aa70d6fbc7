use nest_core::prelude::*;

#[derive(PepRecord)]
#[pep(max_blocks = 2)]
struct Note {
    #[pep(range = 2024..="2026-12")]
    score: u8,
}

fn main() {}

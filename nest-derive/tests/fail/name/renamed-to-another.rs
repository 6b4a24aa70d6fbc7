use nest_core::prelude::*;

#[derive(PepRecord)]
#[pep(max_blocks = 2)]
struct Note {
    score: u8,
    #[pep(rename = "score")]
    points: u8,
}

fn main() {}

use nest_core::prelude::*;

#[derive(PepRecord)]
#[pep(max_blocks = 2)]
struct Note {
    #[pep(rename = "score")]
    first: u8,
    #[pep(rename = "score")]
    second: u8,
}

fn main() {}

use nest_core::prelude::*;

#[derive(PepRecord)]
#[pep(max_blocks = 1)]
struct Note {
    #[pep = "pseudonym"]
    score: u8,
}

fn main() {}

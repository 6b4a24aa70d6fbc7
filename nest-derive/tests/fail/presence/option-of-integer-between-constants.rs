use nest_core::prelude::*;

const LOW: u16 = 0;
const HIGH: u16 = 500;

#[derive(PepRecord)]
#[pep(max_blocks = 2)]
struct Note {
    #[pep(range = LOW..=HIGH)]
    score: Option<u16>,
}

fn main() {}

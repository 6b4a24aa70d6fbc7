use nest_core::prelude::*;

#[derive(PepRecord)]
#[pep(max_blocks = 2)]
struct Note {
    #[pep(range = 0..=-1i128 as u8)]
    steps: u16,
}

fn main() {}

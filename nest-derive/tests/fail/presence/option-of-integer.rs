use nest_core::prelude::*;

#[derive(PepRecord)]
#[pep(max_blocks = 1)]
struct Note {
    #[pep(range = 288..=775)]
    reading: Option<u16>,
}

fn main() {}

use nest_core::prelude::*;

#[derive(PepRecord)]
#[pep(max_blocks = 17)]
struct Note {
    #[pep(max_len = 16)]
    content: Vec<u8>,
}

fn main() {}

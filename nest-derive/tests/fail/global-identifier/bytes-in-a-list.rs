use nest_core::prelude::*;

#[derive(PepRecord)]
#[pep(max_blocks = 17, max_bits = 133)]
struct Note {
    #[pep(max_len = 16)]
    content: Vec<u8>,
}

fn main() {}

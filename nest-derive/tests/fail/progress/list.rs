use nest_core::prelude::*;

#[derive(PepRecord)]
#[pep(kind = "progress", max_blocks = 5, max_bits = 200)]
struct Note {
    #[pep(max_len = 4)]
    steps: Vec<bool>,
}

fn main() {}

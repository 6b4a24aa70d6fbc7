use nest_core::prelude::*;

#[derive(PepRecord)]
#[pep(max_blocks = 11, max_bits = 10)]
struct Note {
    #[pep(max_len = 10)]
    answers: Vec<bool>,
}

fn main() {}

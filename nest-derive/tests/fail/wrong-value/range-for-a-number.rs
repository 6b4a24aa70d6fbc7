use nest_core::prelude::*;

#[derive(PepRecord)]
#[pep(max_blocks = 1)]
struct Note {
    #[pep(max_len = 0..=3)]
    answers: Vec<bool>,
}

fn main() {}

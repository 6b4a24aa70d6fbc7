use nest_core::prelude::*;

#[derive(PepRecord)]
#[pep(max_blocks = 11)]
struct Note {
    answers: Vec<bool>,
}

fn main() {}

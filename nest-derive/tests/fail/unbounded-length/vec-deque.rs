use nest_core::prelude::*;

#[derive(PepRecord)]
#[pep(max_blocks = 10)]
struct Note {
    answers: std::collections::VecDeque<bool>,
}

fn main() {}

use nest_core::prelude::*;

#[derive(PepRecord)]
#[pep(max_blocks = 5)]
struct Note {
    #[pep(max_len = 4)]
    answers: Vec<Option<bool>>,
}

fn main() {}

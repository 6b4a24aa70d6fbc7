use nest_core::prelude::*;

#[derive(PepRecord)]
#[pep(max_blocks = 2)]
struct Note {
    #[pep(absent)]
    answers: Option<Vec<bool>>,
}

fn main() {}

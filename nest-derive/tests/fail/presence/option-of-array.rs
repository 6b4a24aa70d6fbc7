use nest_core::prelude::*;

#[derive(PepRecord)]
#[pep(max_blocks = 4)]
struct Note {
    #[pep(absent)]
    answers: Option<[bool; 4]>,
}

fn main() {}

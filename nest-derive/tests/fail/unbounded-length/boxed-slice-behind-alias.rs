use nest_core::prelude::*;

type Content = Box<[bool]>;

#[derive(PepRecord)]
#[pep(max_blocks = 10)]
struct Note {
    answers: Content,
}

fn main() {}

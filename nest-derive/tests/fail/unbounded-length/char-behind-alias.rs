use nest_core::prelude::*;

type Letter = char;

#[derive(PepRecord)]
#[pep(max_blocks = 1)]
struct Note {
    initial: Letter,
}

fn main() {}

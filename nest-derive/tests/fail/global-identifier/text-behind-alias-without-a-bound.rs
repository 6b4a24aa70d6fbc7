use nest_core::prelude::*;

type Line = String;

#[derive(PepRecord)]
#[pep(max_blocks = 2)]
struct Note {
    email: Line,
}

fn main() {}

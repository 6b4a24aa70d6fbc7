use nest_core::Answer;
use nest_core::prelude::*;

enum Undeclared {
    Refused,
}

#[derive(PepRecord)]
#[pep(max_blocks = 9)]
struct Note {
    smokes: Answer<bool, Undeclared>,
}

fn main() {}

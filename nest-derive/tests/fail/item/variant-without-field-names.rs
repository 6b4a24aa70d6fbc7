use nest_core::prelude::*;

#[derive(PepRecord)]
#[pep(max_blocks = 2)]
enum Outcome {
    Done(u8),
    NotYet,
}

fn main() {}

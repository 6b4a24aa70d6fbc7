use nest_core::prelude::*;

enum Outcome {
    Done(u8),
    NotYet,
}

#[derive(PepRecord)]
#[pep(max_blocks = 1)]
struct Note {
    outcome: Outcome,
}

fn main() {}

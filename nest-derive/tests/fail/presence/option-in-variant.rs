use nest_core::prelude::*;

#[derive(PepRecord)]
#[pep(max_blocks = 2)]
enum Outcome {
    Done { aide: Option<bool> },
    NotYet,
}

fn main() {}

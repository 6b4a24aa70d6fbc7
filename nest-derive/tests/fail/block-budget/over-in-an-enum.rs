use nest_core::prelude::*;

#[derive(PepRecord)]
#[pep(max_blocks = 2)]
enum Outcome {
    Done { score: u8 },
    Refused { by_parent: bool },
}

fn main() {}

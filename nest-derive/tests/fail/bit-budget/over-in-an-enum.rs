use nest_core::prelude::*;

#[derive(PepRecord)]
#[pep(max_blocks = 3, max_bits = 8)]
enum Outcome {
    Done { score: u8 },
    Refused { by_parent: bool },
}

fn main() {}

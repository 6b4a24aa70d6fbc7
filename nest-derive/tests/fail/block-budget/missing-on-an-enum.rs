use nest_core::prelude::*;

#[derive(PepRecord)]
enum Outcome {
    Done { score: u8 },
    NotYet,
}

fn main() {}

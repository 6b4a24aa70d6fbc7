use nest_core::prelude::*;

#[derive(PepEnum)]
enum Outcome {
    Done { score: u8 },
    NotYet,
}

fn main() {}

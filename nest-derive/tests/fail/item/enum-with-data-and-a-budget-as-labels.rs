use nest_core::prelude::*;

#[derive(PepEnum)]
#[pep(max_blocks = 2)]
enum Outcome {
    Done { score: u8 },
    NotYet,
}

fn main() {}

use nest_core::prelude::*;

#[derive(PepRecord)]
#[pep(max_blocks = 2)]
enum Outcome {
    #[pep(range = 0..=10)]
    Done { score: u8 },
    NotYet,
}

fn main() {}

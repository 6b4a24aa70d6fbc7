use nest_core::prelude::*;

#[derive(PepRecord)]
#[pep(max_blocks = 2)]
enum Outcome {
    Done {
        #[pep(range = 0..=10)]
        score: u8,
    },
    Estimated {
        #[pep(range = 0..=20)]
        score: u8,
    },
}

fn main() {}

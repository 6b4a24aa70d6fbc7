use nest_core::prelude::*;

type Outcome = Result<bool, u8>;

#[derive(PepRecord)]
#[pep(max_blocks = 1)]
struct Note {
    outcome: Outcome,
}

fn main() {}

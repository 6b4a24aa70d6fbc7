use nest_core::prelude::*;

#[derive(PepRecord)]
#[pep(max_blocks = 1)]
struct Note {
    outcome: Result<bool, u8>,
}

fn main() {}

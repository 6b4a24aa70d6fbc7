use nest_core::prelude::*;

#[derive(PepRecord)]
#[pep(max_blocks = 1)]
union Content {
    done: bool,
    score: u8,
}

fn main() {}

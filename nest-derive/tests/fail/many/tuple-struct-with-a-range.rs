use nest_core::prelude::*;

#[derive(PepRecord)]
#[pep(max_blocks = 1, range = 0..=100)]
struct Score(u8);

fn main() {}

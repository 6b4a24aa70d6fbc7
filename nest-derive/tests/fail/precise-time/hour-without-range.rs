use nest_core::prelude::*;
use nest_core::time::Hour;

#[derive(PepRecord)]
#[pep(max_blocks = 1)]
struct Note {
    seen: Hour,
}

fn main() {}

use nest_core::prelude::*;
use nest_core::time::Day;

#[derive(PepRecord)]
#[pep(max_blocks = 1)]
struct Note {
    seen: Day,
}

fn main() {}

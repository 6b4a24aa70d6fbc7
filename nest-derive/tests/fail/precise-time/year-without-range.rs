use nest_core::prelude::*;
use nest_core::time::Year;

#[derive(PepRecord)]
#[pep(max_blocks = 1)]
struct Note {
    seen: Year,
}

fn main() {}

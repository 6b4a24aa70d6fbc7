use nest_core::prelude::*;
use nest_core::time::Month;

#[derive(PepRecord)]
#[pep(max_blocks = 1)]
struct Note {
    seen: Month,
}

fn main() {}

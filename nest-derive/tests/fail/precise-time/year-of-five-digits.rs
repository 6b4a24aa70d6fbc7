use nest_core::prelude::*;
use nest_core::time::Year;

#[derive(PepRecord)]
#[pep(max_blocks = 2)]
struct Note {
    #[pep(range = 2015..=20_035)]
    seen: Year,
}

fn main() {}

use nest_core::prelude::*;
use nest_core::time::Day;

#[derive(PepRecord)]
#[pep(max_blocks = 2)]
struct Note {
    #[pep(range = "2023-02-01"..="2023-02-29")]
    seen: Day,
}

fn main() {}

use nest_core::prelude::*;
use nest_core::time::Month;

#[derive(PepRecord)]
#[pep(max_blocks = 2)]
struct Note {
    #[pep(range = "2024-01".."2027-01")]
    seen: Month,
}

fn main() {}

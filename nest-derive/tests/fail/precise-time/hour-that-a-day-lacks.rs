use nest_core::prelude::*;
use nest_core::time::Hour;

#[derive(PepRecord)]
#[pep(max_blocks = 2)]
struct Note {
    #[pep(range = "2024-01-01T00"..="2024-12-31T24")]
    seen: Hour,
}

fn main() {}

use nest_core::prelude::*;
use nest_core::time::Day;

#[derive(PepRecord)]
#[pep(kind = "progress", max_blocks = 1, max_bits = 200)]
struct Note {
    #[pep(range = "2020-01-01"..="2024-12-31")]
    since: Day,
}

fn main() {}

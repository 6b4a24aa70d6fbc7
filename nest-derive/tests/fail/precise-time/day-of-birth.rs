use nest_core::prelude::*;
use nest_core::time::Day;

#[derive(PepRecord)]
#[pep(max_blocks = 1)]
struct Note {
    #[pep(range = "2000-01-01"..="2024-12-31")]
    birth_date: Day,
}

fn main() {}

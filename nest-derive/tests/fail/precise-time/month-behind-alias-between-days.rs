use nest_core::prelude::*;
use nest_core::time::Month;

type Period = Month;

#[derive(PepRecord)]
#[pep(max_blocks = 2)]
struct Note {
    #[pep(range = "2024-01-01"..="2026-12-31")]
    seen: Period,
}

fn main() {}

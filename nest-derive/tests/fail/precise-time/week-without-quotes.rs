use nest_core::prelude::*;
use nest_core::time::IsoWeek;

#[derive(PepRecord)]
#[pep(max_blocks = 2)]
struct Note {
    #[pep(range = 2024-W01..=2026-W52)]
    seen: IsoWeek,
}

fn main() {}

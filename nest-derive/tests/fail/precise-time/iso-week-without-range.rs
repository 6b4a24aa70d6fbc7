use nest_core::prelude::*;
use nest_core::time::IsoWeek;

#[derive(PepRecord)]
#[pep(max_blocks = 1)]
struct Note {
    seen: IsoWeek,
}

fn main() {}

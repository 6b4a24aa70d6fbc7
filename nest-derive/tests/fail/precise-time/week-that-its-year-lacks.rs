use nest_core::prelude::*;
use nest_core::time::IsoWeek;

#[derive(PepRecord)]
#[pep(max_blocks = 2)]
struct Note {
    #[pep(range = "2023-W01"..="2023-W53")]
    seen: IsoWeek,
}

fn main() {}

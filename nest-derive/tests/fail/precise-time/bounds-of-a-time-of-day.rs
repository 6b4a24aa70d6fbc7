use nest_core::prelude::*;
use nest_core::time::TimeOfDay;

#[derive(PepRecord)]
#[pep(max_blocks = 3)]
struct Diary {
    #[pep(range = "6:00"..="22:30")]
    waking: TimeOfDay,
}

fn main() {}

use nest_core::prelude::*;
use nest_core::time::TimeOfDay;

#[derive(PepRecord)]
#[pep(max_blocks = 3)]
struct Diary {
    #[pep(range = "6:00"..="22:30")]
    waking: TimeOfDay,
    #[pep(range = "06:00"..="24:00")]
    resting: TimeOfDay,
    #[pep(range = "22:30"..="06:00")]
    asleep: TimeOfDay,
}

fn main() {}

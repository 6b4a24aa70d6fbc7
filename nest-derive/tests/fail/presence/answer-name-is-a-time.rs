use nest_core::Answer;
use nest_core::prelude::*;
use nest_core::time::TimeOfDay;

#[derive(PepEnum)]
enum NoAnswer {
    #[pep(rename = "00:00")]
    Refused,
}

#[derive(PepRecord)]
#[pep(max_blocks = 4)]
struct Note {
    bedtime: Answer<TimeOfDay, NoAnswer>,
}

fn main() {}

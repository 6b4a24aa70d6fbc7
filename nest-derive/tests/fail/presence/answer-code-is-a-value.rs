use nest_core::Answer;
use nest_core::prelude::*;

#[derive(PepEnum)]
enum NoAnswer {
    #[pep(code = -1, rename = "refused")]
    Refused,
    #[pep(code = 9)]
    NotAsked,
}

#[derive(PepRecord)]
#[pep(max_blocks = 4)]
struct Note {
    #[pep(range = 0..=10)]
    pain: Answer<u8, NoAnswer>,
}

fn main() {}

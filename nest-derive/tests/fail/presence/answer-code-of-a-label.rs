use nest_core::Answer;
use nest_core::prelude::*;

#[derive(PepEnum)]
enum NoAnswer {
    #[pep(code = -1, rename = "refused")]
    Refused,
    #[pep(code = 9)]
    NotAsked,
}

#[derive(PepEnum)]
enum Step {
    Down = -1,
    Up = 1,
}

#[derive(PepRecord)]
#[pep(max_blocks = 4)]
struct Note {
    step: Answer<Step, NoAnswer>,
}

fn main() {}

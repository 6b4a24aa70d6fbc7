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
    #[pep(range = 0..=10)]
    pain: Answer<u8, NoAnswer>,
    #[pep(decimals = 1, range = 0.0..=9.0)]
    celsius: Answer<f64, NoAnswer>,
    step: Answer<Step, NoAnswer>,
}

fn main() {}

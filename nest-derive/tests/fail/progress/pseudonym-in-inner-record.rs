use nest_core::prelude::*;

#[derive(PepRecord)]
#[pep(max_blocks = 2, kind = "progress")]
struct Step {
    #[pep(pseudonym)]
    teacher: Pseudonym,
    done: bool,
}

#[derive(PepRecord)]
#[pep(max_blocks = 3, kind = "progress")]
struct Progress {
    #[pep(pseudonym)]
    pupil: Pseudonym,
    step: Step,
}

fn main() {}

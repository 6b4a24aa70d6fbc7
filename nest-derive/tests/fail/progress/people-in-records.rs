use nest_core::prelude::*;

#[derive(PepRecord)]
#[pep(kind = "progress", max_blocks = 1)]
struct One {
    #[pep(pseudonym)]
    pupil: Pseudonym,
}

#[derive(PepRecord)]
#[pep(kind = "progress", max_blocks = 30)]
struct Class {
    pupils: [One; 30],
}

fn main() {}

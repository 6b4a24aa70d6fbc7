use nest_core::prelude::*;

type Key = String;

#[derive(PepRecord)]
#[pep(max_blocks = 2)]
struct Note {
    #[pep(pseudonym)]
    pupil: Key,
}

fn main() {}

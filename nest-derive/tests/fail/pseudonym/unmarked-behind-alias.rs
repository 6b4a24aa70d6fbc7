use nest_core::prelude::*;

type Pupil = Pseudonym;

#[derive(PepRecord)]
#[pep(max_blocks = 1)]
struct Note {
    pupil: Pupil,
}

fn main() {}

use nest_core::prelude::*;

#[derive(PepRecord)]
#[pep(max_blocks = 3, kind = "progress")]
struct Note {
    #[pep(pseudonym)]
    pupil: Pseudonym,
    #[pep(pseudonym)]
    teacher: Pseudonym,
    done: bool,
}

fn main() {}

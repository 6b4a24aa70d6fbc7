use nest_core::prelude::*;

#[derive(PepRecord)]
#[pep(max_blocks = 8, max_bits = 400)]
struct Note {
    #[pep(pseudonym, subject)]
    pupil: Pseudonym,
    #[pep(pseudonym, subject)]
    teacher: Pseudonym,
}

fn main() {}

use nest_core::prelude::*;

#[derive(PepRecord)]
#[pep(max_blocks = 8, max_bits = 400)]
struct Note {
    #[pep(pseudonym, uses(sum))]
    pupil: Pseudonym,
}

fn main() {}

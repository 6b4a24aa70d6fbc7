use nest_core::prelude::*;

#[derive(PepRecord)]
#[pep(max_blocks = 2)]
struct Note {
    #[pep(pseudonym)]
    pupil: u64,
}

fn main() {}

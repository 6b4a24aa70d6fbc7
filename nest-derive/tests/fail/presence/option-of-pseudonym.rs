use nest_core::prelude::*;

#[derive(PepRecord)]
#[pep(max_blocks = 1)]
struct Note {
    #[pep(pseudonym)]
    teacher: Option<Pseudonym>,
}

fn main() {}

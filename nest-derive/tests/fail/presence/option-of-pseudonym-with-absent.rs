use nest_core::prelude::*;

#[derive(PepRecord)]
#[pep(max_blocks = 1)]
struct Note {
    #[pep(pseudonym, absent)]
    teacher: Option<Pseudonym>,
}

fn main() {}

use nest_core::prelude::*;

#[derive(PepRecord)]
#[pep(max_blocks = 11)]
struct Note {
    #[pep(pseudonym)]
    friends: Vec<Pseudonym>,
}

fn main() {}

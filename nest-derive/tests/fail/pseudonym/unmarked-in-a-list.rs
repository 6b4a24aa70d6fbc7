use nest_core::prelude::*;

#[derive(PepRecord)]
#[pep(max_blocks = 4)]
struct Note {
    #[pep(max_len = 3)]
    friends: Vec<Pseudonym>,
}

fn main() {}

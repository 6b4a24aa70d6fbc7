use nest_core::prelude::*;

#[derive(PepRecord)]
#[pep(max_blocks = 8, max_bits = 400)]
struct Note {
    #[pep(pseudonym, subject, max_len = 2)]
    pupils: Vec<Pseudonym>,
}

fn main() {}

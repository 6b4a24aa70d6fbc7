use nest_core::prelude::*;

#[derive(PepRecord)]
#[pep(max_blocks = 8, max_bits = 400)]
struct Note {
    #[pep(pseudonym, max_len = 2, uses(link_id))]
    people: Vec<Pseudonym>,
}

fn main() {}

use libpep::data::long::LongPseudonym;
use nest_core::prelude::*;

#[derive(PepRecord)]
#[pep(max_blocks = 7)]
struct Note {
    #[pep(pseudonym, max_len = 3)]
    friends: Vec<LongPseudonym>,
}

fn main() {}

use libpep::data::long::LongPseudonym;
use nest_core::prelude::*;

#[derive(PepRecord)]
#[pep(max_blocks = 2)]
struct Note {
    #[pep(pseudonym)]
    pupil: LongPseudonym,
}

fn main() {}

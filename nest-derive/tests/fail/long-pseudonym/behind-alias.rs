use nest_core::prelude::*;

type Email = libpep::data::long::LongPseudonym;

#[derive(PepRecord)]
#[pep(max_blocks = 2)]
struct Note {
    #[pep(pseudonym)]
    pupil: Email,
}

fn main() {}

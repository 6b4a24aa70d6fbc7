use nest_core::prelude::*;
use nest_core::schema::{AtRest, Use};

#[derive(PepRecord)]
#[pep(max_blocks = 8, max_bits = 400)]
#[allow(dead_code)]
struct Note {
    #[pep(pseudonym, subject)]
    pupil: Pseudonym,
    #[pep(pseudonym)]
    teacher: Pseudonym,
}

fn main() {
    let field = |name| Note::SCHEMA.field(name).unwrap();
    let _ = (AtRest::Sealed, Use::Sum);
    assert!(field("pupil").subject && !field("teacher").subject);
}

use nest_core::prelude::*;
use nest_core::schema::{AtRest, Use};

#[derive(PepRecord)]
#[pep(max_blocks = 8, max_bits = 400)]
#[allow(dead_code)]
struct Note {
    #[pep(pseudonym, at_rest = "sealed")]
    pupil: Pseudonym,
    #[pep(max_bytes = 15, at_rest = "alone")]
    remark: String,
    #[pep(at_rest = "plain")]
    done: bool,
}

fn main() {
    let field = |name| Note::SCHEMA.field(name).unwrap();
    let _ = (AtRest::Sealed, Use::Sum);
    assert_eq!(field("remark").at_rest, AtRest::Alone);
    assert_eq!(field("done").at_rest, AtRest::Plain);
}

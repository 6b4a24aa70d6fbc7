use nest_core::prelude::*;
use nest_core::schema::{AtRest, Use};

#[derive(PepRecord)]
#[pep(max_blocks = 8, max_bits = 400)]
#[allow(dead_code)]
struct Note {
    #[pep(max_bytes = 15, uses(link), canon = "nfc, trim, upper")]
    word: String,
}

fn main() {
    let field = |name| Note::SCHEMA.field(name).unwrap();
    let _ = (AtRest::Sealed, Use::Sum);
    assert_eq!(field("word").canon, Some("nfc,trim,upper"));
}

use nest_core::prelude::*;
use nest_core::schema::{AtRest, Use};

#[derive(PepRecord)]
#[pep(max_blocks = 8, max_bits = 400)]
#[allow(dead_code)]
struct Note {
    #[pep(max_bytes = 15, at_rest = "plain", allow(plain_text, reason = "names of public schools"))]
    school: String,
}

fn main() {
    let field = |name| Note::SCHEMA.field(name).unwrap();
    let _ = (AtRest::Sealed, Use::Sum);
    assert_eq!(field("school").at_rest, AtRest::Plain);
    assert_eq!(Note::SCHEMA.waivers().len(), 1);
}

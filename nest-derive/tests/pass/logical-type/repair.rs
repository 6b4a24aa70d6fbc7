use nest_core::prelude::*;
use nest_core::schema::{AtRest, Use};

#[derive(PepRecord)]
#[pep(max_blocks = 8, max_bits = 400)]
#[allow(dead_code)]
struct Note {
    #[pep(logical = "medical")]
    ill: bool,
    #[pep(logical = "custom:sports", unit = "m", context = "outside")]
    jump: u8,
}

fn main() {
    let field = |name| Note::SCHEMA.field(name).unwrap();
    let _ = (AtRest::Sealed, Use::Sum);
    assert_eq!(field("ill").logical, Some("medical"));
    let jump = field("jump");
    assert_eq!((jump.logical, jump.unit, jump.context), (Some("custom:sports"), Some("m"), Some("outside")));
}

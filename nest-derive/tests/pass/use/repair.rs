use nest_core::prelude::*;
use nest_core::schema::{AtRest, Use};

#[derive(PepEnum)]
enum Class {
    Small,
    Regular,
}

#[derive(PepRecord)]
#[pep(max_blocks = 8, max_bits = 400)]
#[allow(dead_code)]
struct Note {
    #[pep(pseudonym, uses(link_id))]
    pupil: Pseudonym,
    #[pep(uses(group_by))]
    class: Class,
    #[pep(range = 0..=1023, uses(sum, group_by))]
    score: u16,
    #[pep(uses(sum, group_by))]
    done: bool,
    #[pep(range = 1..=1023, absent = 0, uses(group_by))]
    maybe: Option<u16>,
    #[pep(max_bytes = 15, uses(block, link, fuzzy))]
    word: String,
}

fn main() {
    let field = |name| Note::SCHEMA.field(name).unwrap();
    let _ = (AtRest::Sealed, Use::Sum);
    assert!(field("score").uses.contains(Use::Sum) && field("score").uses.contains(Use::GroupBy));
    assert!(field("word").uses.contains(Use::Fuzzy) && !field("word").uses.contains(Use::Sum));
}

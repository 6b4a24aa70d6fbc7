use nest_core::prelude::*;

type Answer = Option<bool>;

#[derive(PepRecord)]
#[pep(max_blocks = 1)]
struct Note {
    #[pep(absent)]
    aide: Answer,
}

fn main() {
    let (one, other) = (Note { aide: None }, Note { aide: Some(true) });
    assert_eq!(one.to_pep().unwrap().structure(), other.to_pep().unwrap().structure());
    assert!(Note::SCHEMA.fields[0].absent().is_some());
}

use nest_core::prelude::*;

#[derive(Debug, PartialEq, PepRecord)]
#[pep(max_blocks = 2)]
enum Outcome {
    Done { late: bool },
    NotYet,
    Absent,
}

#[derive(Debug, PartialEq, PepRecord)]
#[pep(max_blocks = 2)]
struct Note {
    outcome: Outcome,
}

fn main() {
    let (with, without) =
        (Note { outcome: Outcome::Done { late: true } }, Note { outcome: Outcome::Absent });
    let (one, other) = (with.to_pep().unwrap(), without.to_pep().unwrap());
    assert_eq!(one.structure(), other.structure());
    assert_eq!(Note::from_pep(&other).unwrap(), without);
    assert_ne!(without, Note { outcome: Outcome::NotYet });
}

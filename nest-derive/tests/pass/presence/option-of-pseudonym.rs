use nest_core::prelude::*;

#[derive(Debug, PartialEq, PepRecord)]
#[pep(max_blocks = 2)]
struct Note {
    has_teacher: bool,
    /// Any pseudonym where there is no teacher.
    #[pep(pseudonym)]
    teacher: Pseudonym,
}

fn main() {
    let note = Note { has_teacher: false, teacher: Pseudonym::random() };
    assert_eq!(Note::from_pep(&note.to_pep().unwrap()).unwrap(), note);
    assert_eq!(Note::BITS, 1);
}

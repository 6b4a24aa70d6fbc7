use nest_core::prelude::*;

#[derive(Debug, PartialEq, PepRecord)]
#[pep(max_blocks = 1)]
struct Note {
    #[pep(pseudonym)]
    pupil: Pseudonym,
}

fn main() {
    let pupil = Pseudonym::from_long_id("school-7/pupils", "67e55044-10b1-426f-9247-bb680e5fe0c8");
    let note = Note { pupil };
    assert_eq!(Note::from_pep(&note.to_pep().unwrap()).unwrap(), note);
    assert_eq!(Note::BITS, 0);
}

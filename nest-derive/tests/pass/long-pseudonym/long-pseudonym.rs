use nest_core::prelude::*;

#[derive(Debug, PartialEq, PepRecord)]
#[pep(max_blocks = 4)]
struct Note {
    #[pep(pseudonym)]
    pupil: Pseudonym,
    #[pep(pseudonym, max_len = 2)]
    friends: Vec<Pseudonym>,
}

fn main() {
    let pupil = Pseudonym::from_long_id("school-7/pupils", "a.very.long.address@school-7.example");
    let note = Note { pupil, friends: vec![Pseudonym::random()] };
    let pep = note.to_pep().unwrap();
    assert_eq!(pep.structure(), Note::structure());
    assert_eq!(Note::from_pep(&pep).unwrap(), note);
}

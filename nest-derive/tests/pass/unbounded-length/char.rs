use nest_core::prelude::*;

#[derive(Debug, PartialEq, PepRecord)]
#[pep(max_blocks = 1)]
struct Note {
    #[pep(max_bytes = 4)]
    letter: String,
}

fn main() {
    for letter in ["a", "é", "語", "𝄞"] {
        let note = Note { letter: letter.to_owned() };
        let pep = note.to_pep().unwrap();
        assert_eq!(pep.structure(), Note::structure());
        assert_eq!(Note::from_pep(&pep).unwrap(), note);
    }
}

use nest_core::prelude::*;

#[derive(Debug, PartialEq, PepRecord)]
#[pep(max_blocks = 1)]
struct Note {
    #[pep(absent)]
    aide: Option<bool>,
}

fn main() {
    for aide in [None, Some(false), Some(true)] {
        let note = Note { aide };
        let pep = note.to_pep().unwrap();
        assert_eq!(pep.structure(), Note::structure());
        assert_eq!(Note::from_pep(&pep).unwrap(), note);
    }
    assert_eq!(Note::BITS, 2);
}

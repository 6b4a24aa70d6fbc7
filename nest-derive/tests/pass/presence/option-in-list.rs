use nest_core::prelude::*;

#[derive(Debug, PartialEq, PepRecord)]
#[pep(max_blocks = 5)]
struct Note {
    #[pep(max_len = 4, absent)]
    answers: Vec<Option<bool>>,
}

fn main() {
    for answers in [vec![], vec![None], vec![Some(true), None, Some(false), None]] {
        let note = Note { answers };
        let pep = note.to_pep().unwrap();
        assert_eq!(pep.structure(), Note::structure());
        assert_eq!(Note::from_pep(&pep).unwrap(), note);
    }
}

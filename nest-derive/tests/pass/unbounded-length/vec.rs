use nest_core::prelude::*;

#[derive(Debug, PartialEq, PepRecord)]
#[pep(max_blocks = 4)]
struct Note {
    #[pep(max_len = 3, range = 0..=100)]
    scores: Vec<u8>,
}

fn main() {
    for scores in [vec![], vec![0], vec![100, 0, 7]] {
        let note = Note { scores };
        let pep = note.to_pep().unwrap();
        assert_eq!(pep.structure(), Note::structure());
        assert_eq!(Note::from_pep(&pep).unwrap(), note);
    }
    assert!(Note { scores: vec![1; 4] }.to_pep().is_err());
    assert!(Note { scores: vec![101] }.to_pep().is_err());
}

use nest_core::prelude::*;

#[derive(Debug, PartialEq, PepRecord)]
#[pep(max_blocks = 1)]
struct Note {
    #[pep(decimals = 1, range = 35.0..=43.0, absent = -1.0)]
    celsius: Option<f32>,
}

fn main() {
    for celsius in [None, Some(36.6), Some(43.0)] {
        let note = Note { celsius };
        assert_eq!(Note::from_pep(&note.to_pep().unwrap()).unwrap(), note);
    }
    assert!(Note { celsius: Some(f32::NAN) }.to_pep().is_err());
}

use nest_core::prelude::*;
use nest_core::time::Month;

#[derive(Debug, PartialEq, PepRecord)]
#[pep(max_blocks = 1)]
struct Note {
    #[pep(range = "2020-01"..="2035-12", absent)]
    enrolled: Option<Month>,
}

fn main() {
    for enrolled in [None, Some("2024-09".parse().unwrap())] {
        let note = Note { enrolled };
        assert_eq!(Note::from_pep(&note.to_pep().unwrap()).unwrap(), note);
    }
    assert!(Note { enrolled: Some("2019-12".parse().unwrap()) }.to_pep().is_err());
}

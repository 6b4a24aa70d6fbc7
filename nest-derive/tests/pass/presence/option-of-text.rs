use nest_core::prelude::*;

#[derive(Debug, PartialEq, PepRecord)]
#[pep(max_blocks = 1, max_bits = 120)]
struct Note {
    #[pep(max_bytes = 15, absent = "-")]
    remark: Option<String>,
}

fn main() {
    for remark in [None, Some(String::new()), Some("ill in May".to_owned())] {
        let note = Note { remark };
        assert_eq!(Note::from_pep(&note.to_pep().unwrap()).unwrap(), note);
    }
    assert!(Note { remark: Some("-".to_owned()) }.to_pep().is_err());
}

use nest_core::prelude::*;

#[derive(Debug, PartialEq, PepEnum)]
enum Reason {
    Ill,
    Moved,
}

#[derive(Debug, PartialEq, PepRecord)]
#[pep(max_blocks = 1)]
struct Note {
    #[pep(absent)]
    reason: Option<Reason>,
}

fn main() {
    for reason in [None, Some(Reason::Ill), Some(Reason::Moved)] {
        let note = Note { reason };
        assert_eq!(Note::from_pep(&note.to_pep().unwrap()).unwrap(), note);
    }
}

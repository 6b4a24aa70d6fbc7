mod facade {
    pub mod inner {
        pub use nest_core as renamed;
    }
}

use facade::inner::renamed;
use renamed::{PepEnum, PepRecord};

// Whoever reaches for this one has a wrong path.
#[allow(dead_code)]
mod nest_core {}

#[derive(Debug, PartialEq, PepEnum)]
#[pep(crate = "renamed")]
enum Reason {
    Ill,
    Moved,
}

#[derive(Debug, PartialEq, PepRecord)]
#[pep(crate = "crate::facade::inner::renamed", max_blocks = 3)]
struct Note {
    reason: Reason,
    outcome: Outcome,
}

#[derive(Debug, PartialEq, PepRecord)]
#[pep(crate = "self::renamed", max_blocks = 2)]
enum Outcome {
    Done { score: u8 },
    NotYet,
}

renamed::same_shape!(Note, Note);

fn main() {
    let note = Note { reason: Reason::Ill, outcome: Outcome::NotYet };
    assert_eq!(Note::from_pep(&note.to_pep().unwrap()).unwrap(), note);
    assert_eq!((Reason::Moved.code(), Outcome::Done { score: 1 }.to_pep().is_ok()), (1, true));
}

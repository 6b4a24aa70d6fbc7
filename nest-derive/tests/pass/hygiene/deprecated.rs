#![deny(deprecated)]

use nest_core::prelude::*;

#[derive(Debug, PartialEq, PepRecord)]
#[pep(max_blocks = 3)]
struct Note {
    #[deprecated = "use `points`"]
    score: u8,
    points: u8,
    reason: Reason,
}

#[derive(Debug, PartialEq, PepEnum)]
enum Reason {
    #[deprecated]
    Ill,
    Moved,
}

#[derive(Debug, PartialEq, PepRecord)]
#[pep(max_blocks = 2)]
enum Outcome {
    #[deprecated]
    Done {
        #[deprecated]
        score: u8,
    },
    NotYet,
}

fn main() {
    #[allow(deprecated)]
    let notes = [Note { score: 1, points: 2, reason: Reason::Ill }, Note { score: 1, points: 2, reason: Reason::Moved }];
    for note in notes {
        assert_eq!(Note::from_pep(&note.to_pep().unwrap()).unwrap(), note);
    }
    #[allow(deprecated)]
    let outcomes = [Outcome::Done { score: 1 }, Outcome::NotYet];
    for outcome in outcomes {
        assert_eq!(Outcome::from_pep(&outcome.to_pep().unwrap()).unwrap(), outcome);
    }
}

//! Who forbids a lint cannot hear of an `allow`.
#![forbid(deprecated, unused_qualifications, non_camel_case_types, unreachable_code, unsafe_code, missing_docs)]

use nest_core::prelude::*;

#[derive(Debug, PartialEq, PepEnum)]
enum Reason {
    Ill,
    Moved,
}

#[derive(Debug, PartialEq, PepRecord)]
#[pep(max_blocks = 2)]
struct Visit {
    reason: Reason,
    #[pep(range = 0..=100)]
    score: u8,
}

#[derive(Debug, PartialEq, PepRecord)]
#[pep(max_blocks = 3)]
enum Outcome {
    Done {
        #[pep(range = 0..=100)]
        score: u8,
    },
    NotDone {
        reason: Reason,
    },
}

fn main() {
    let visit = Visit { reason: Reason::Ill, score: 100 };
    assert_eq!(Visit::from_pep(&visit.to_pep().unwrap()).unwrap(), visit);
    let outcome = Outcome::NotDone { reason: Reason::Moved };
    assert_eq!(Outcome::from_pep(&outcome.to_pep().unwrap()).unwrap(), outcome);
}

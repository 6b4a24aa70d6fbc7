use nest_core::prelude::*;

#[derive(Debug, Clone, PartialEq, PepRecord)]
#[pep(max_blocks = 3)]
enum Outcome {
    Done(u8),
    Refused { by_parent: bool },
    NotYet,
}

#[derive(PepRecord)]
#[pep(max_blocks = 3)]
struct Note {
    outcome: Outcome,
}

fn main() {
    let all = [Outcome::Done(3), Outcome::Refused { by_parent: true }, Outcome::NotYet];
    let _ = all.map(|outcome| Note { outcome }.to_pep());
}

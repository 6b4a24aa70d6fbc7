use nest_core::prelude::*;

#[derive(PepRecord)]
#[pep(max_blocks = 2)]
enum Outcome {
    Done { late: bool },
    NotYet,
}

#[derive(PepRecord)]
#[pep(max_blocks = 2)]
struct Note {
    #[pep(absent)]
    outcome: Option<Outcome>,
}

fn main() {}

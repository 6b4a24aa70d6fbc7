use nest_core::prelude::*;

#[derive(PepEnum)]
enum Reason {
    Ill,
    Moved,
}

#[derive(PepRecord)]
#[pep(max_blocks = 1)]
struct Note {
    reason: Option<Reason>,
}

fn main() {}

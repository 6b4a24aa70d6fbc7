use nest_core::prelude::*;

#[derive(PepEnum)]
enum Reason {
    Ill,
    Moved,
}

type Maybe = Option<Reason>;

#[derive(PepRecord)]
#[pep(max_blocks = 2)]
struct Note {
    reason: Maybe,
}

fn main() {}

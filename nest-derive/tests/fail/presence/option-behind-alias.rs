use nest_core::prelude::*;

type Answer = Option<bool>;

#[derive(PepRecord)]
#[pep(max_blocks = 1)]
struct Note {
    aide: Answer,
}

fn main() {}

use nest_core::prelude::*;

#[derive(PepRecord)]
#[pep(max_blocks = 0)]
struct Note {
    done: bool,
}

fn main() {}

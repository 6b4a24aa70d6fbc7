use nest_core::prelude::*;

#[derive(PepRecord)]
#[pep(max_blocks = 3, kind = "progress")]
struct Note {
    first: u8,
    second: u8,
    done: bool,
}

fn main() {}

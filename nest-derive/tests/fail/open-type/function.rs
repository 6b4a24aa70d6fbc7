use nest_core::prelude::*;

#[derive(PepRecord)]
#[pep(max_blocks = 1)]
struct Note {
    check: fn(u8) -> bool,
}

fn main() {}

use nest_core::prelude::*;

#[derive(PepRecord)]
#[pep(kind = "progress", max_blocks = 1, max_bits = 200)]
struct Note {
    pages: u16,
}

fn main() {}

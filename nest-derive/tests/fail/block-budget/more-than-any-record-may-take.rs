use nest_core::prelude::*;

#[derive(PepRecord)]
#[pep(max_blocks = 70_000, max_bits = 65537)]
struct Note {
    answers: [bool; 65_537],
}

fn main() {}

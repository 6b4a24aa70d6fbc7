use nest_core::prelude::*;

type Line = String;

#[derive(PepRecord)]
#[pep(max_blocks = 2, max_bits = 120)]
struct Note {
    #[pep(max_bytes = 15)]
    birth_date: Line,
}

fn main() {}

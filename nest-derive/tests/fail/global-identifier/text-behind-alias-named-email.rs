use nest_core::prelude::*;

type Line = String;

#[derive(PepRecord)]
#[pep(max_blocks = 4, max_bits = 480)]
struct Note {
    #[pep(max_bytes = 60)]
    email: Line,
}

fn main() {}

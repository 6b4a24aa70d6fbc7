use nest_core::prelude::*;

#[derive(PepRecord)]
#[pep(max_blocks = 4, max_bits = 480)]
struct Line {
    #[pep(max_bytes = 60)]
    value: String,
}

#[derive(PepRecord)]
#[pep(max_blocks = 4, max_bits = 480)]
struct Note {
    email: Line,
}

fn main() {}

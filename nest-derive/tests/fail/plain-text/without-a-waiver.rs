use nest_core::prelude::*;

#[derive(PepRecord)]
#[pep(max_blocks = 8, max_bits = 400)]
struct Note {
    #[pep(max_bytes = 15, at_rest = "plain")]
    school: String,
}

fn main() {}

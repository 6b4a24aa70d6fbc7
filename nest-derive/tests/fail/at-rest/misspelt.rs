use nest_core::prelude::*;

#[derive(PepRecord)]
#[pep(max_blocks = 8, max_bits = 400)]
struct Note {
    #[pep(at_rest = "plan")]
    done: bool,
}

fn main() {}

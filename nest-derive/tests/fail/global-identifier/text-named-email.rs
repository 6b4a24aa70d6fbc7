use nest_core::prelude::*;

#[derive(PepRecord)]
#[pep(max_blocks = 4)]
struct Note {
    #[pep(max_bytes = 60)]
    email: String,
}

fn main() {}

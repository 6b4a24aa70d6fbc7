use nest_core::prelude::*;

#[derive(PepRecord)]
#[pep(max_blocks = 2)]
struct Note {
    #[pep(max_bytes = 30)]
    created_at: String,
}

fn main() {}

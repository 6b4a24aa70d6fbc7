use nest_core::prelude::*;

#[derive(PepRecord)]
#[pep(max_blocks = 1)]
struct Note {
    #[pep(max_bytes = 10)]
    birth_date: String,
}

fn main() {}

use nest_core::prelude::*;

#[derive(PepRecord)]
#[pep(max_blocks = 2)]
struct Note {
    #[pep(max_bytes = 10)]
    date_of_visit: String,
}

fn main() {}

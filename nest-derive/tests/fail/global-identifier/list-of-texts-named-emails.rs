use nest_core::prelude::*;

#[derive(PepRecord)]
#[pep(max_blocks = 3)]
struct Note {
    #[pep(max_bytes = 15, max_len = 2)]
    emails: Vec<String>,
}

fn main() {}

use nest_core::prelude::*;

#[derive(PepRecord)]
#[pep(max_blocks = 2)]
struct Note {
    #[pep(pseudonym, max_bytes = 60)]
    email: Option<String>,
}

fn main() {}

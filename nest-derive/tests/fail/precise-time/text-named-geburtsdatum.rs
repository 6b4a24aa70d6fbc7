use nest_core::prelude::*;

#[derive(PepRecord)]
#[pep(max_blocks = 2)]
struct Note {
    #[pep(max_bytes = 10)]
    geburtsdatum: String,
}

fn main() {}

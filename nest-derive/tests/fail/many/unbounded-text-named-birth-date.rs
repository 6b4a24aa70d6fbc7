use nest_core::prelude::*;

#[derive(PepRecord)]
#[pep(max_blocks = 2)]
struct Note {
    birth_date: Option<String>,
}

fn main() {}

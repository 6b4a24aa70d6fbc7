use nest_core::prelude::*;

#[derive(PepRecord)]
#[pep(max_blocks = 2)]
struct Note {
    #[pep(absent = 2)]
    aide: Option<bool>,
}

fn main() {}

use nest_core::prelude::*;

#[derive(PepRecord)]
#[pep(max_blocks = 1)]
struct Note {
    #[pep(absent)]
    aide: Option<Option<bool>>,
}

fn main() {}

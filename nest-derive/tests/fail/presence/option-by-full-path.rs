use nest_core::prelude::*;

#[derive(PepRecord)]
#[pep(max_blocks = 1)]
struct Note {
    aide: ::core::option::Option<bool>,
}

fn main() {}

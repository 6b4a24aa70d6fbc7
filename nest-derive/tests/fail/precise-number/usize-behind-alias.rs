use nest_core::prelude::*;

type Count = usize;

#[derive(PepRecord)]
#[pep(max_blocks = 1)]
struct Note {
    visits: Count,
}

fn main() {}

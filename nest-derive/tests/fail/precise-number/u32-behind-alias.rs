use nest_core::prelude::*;

type Count = u32;

#[derive(PepRecord)]
#[pep(max_blocks = 1)]
struct Note {
    visits: Count,
}

fn main() {}

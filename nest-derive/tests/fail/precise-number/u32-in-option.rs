use nest_core::prelude::*;

#[derive(PepRecord)]
#[pep(max_blocks = 1)]
struct Note {
    #[pep(absent = 0)]
    visits: Option<u32>,
}

fn main() {}

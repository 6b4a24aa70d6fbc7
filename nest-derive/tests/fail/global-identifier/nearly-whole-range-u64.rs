use nest_core::prelude::*;

#[derive(PepRecord)]
#[pep(max_blocks = 1)]
struct Note {
    #[pep(range = 1..=u64::MAX)]
    visits: u64,
}

fn main() {}

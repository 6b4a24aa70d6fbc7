use nest_core::prelude::*;

#[derive(PepRecord)]
#[pep(max_blocks = 1)]
struct Note {
    #[pep(range = 0..=10)]
    visits: usize,
}

fn main() {}

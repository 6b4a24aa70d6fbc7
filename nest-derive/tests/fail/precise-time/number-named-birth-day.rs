use nest_core::prelude::*;

#[derive(PepRecord)]
#[pep(max_blocks = 2)]
struct Note {
    #[pep(range = 0..=999_999)]
    birth_day: u32,
}

fn main() {}

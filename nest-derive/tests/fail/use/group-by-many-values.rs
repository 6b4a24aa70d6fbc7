use nest_core::prelude::*;

#[derive(PepRecord)]
#[pep(max_blocks = 8, max_bits = 400)]
struct Note {
    #[pep(range = 0..=1024, uses(group_by))]
    score: u16,
}

fn main() {}

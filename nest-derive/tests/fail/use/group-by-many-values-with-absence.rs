use nest_core::prelude::*;

#[derive(PepRecord)]
#[pep(max_blocks = 8, max_bits = 400)]
struct Note {
    #[pep(range = 1..=1024, absent = 0, uses(group_by))]
    score: Option<u16>,
}

fn main() {}

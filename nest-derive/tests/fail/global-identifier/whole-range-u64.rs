use nest_core::prelude::*;

#[derive(PepRecord)]
#[pep(max_blocks = 1)]
struct Note {
    #[pep(allow(precise_number, reason = "a counter"))]
    visits: u64,
}

fn main() {}

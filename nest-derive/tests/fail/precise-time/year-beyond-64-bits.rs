use nest_core::prelude::*;

#[derive(PepRecord)]
#[pep(max_blocks = 2)]
struct Note {
    #[pep(range = 18446744073709551616..=9999)]
    year: nest_core::time::Year,
}

fn main() {}

use nest_core::prelude::*;

type Enrolled = nest_core::time::Month;

#[derive(PepRecord)]
#[pep(max_blocks = 1)]
struct Note {
    enrolled: Enrolled,
}

fn main() {}

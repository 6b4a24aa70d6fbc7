use nest_core::prelude::*;

type Moment = i64;

#[derive(PepRecord)]
#[pep(max_blocks = 2)]
struct Note {
    created_at: Moment,
}

fn main() {}

use nest_core::prelude::*;

type Moment = std::time::SystemTime;

#[derive(PepRecord)]
#[pep(max_blocks = 1)]
struct Note {
    seen: Moment,
}

fn main() {}

use nest_core::prelude::*;

type Maybe = Option<i32>;

#[derive(PepRecord)]
#[pep(max_blocks = 2)]
struct Note {
    #[pep(range = -3..=3)]
    score: Maybe,
}

fn main() {}

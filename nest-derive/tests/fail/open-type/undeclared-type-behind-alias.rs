use nest_core::prelude::*;

struct Score;

type Points = Score;

#[derive(PepRecord)]
#[pep(max_blocks = 1)]
struct Note {
    points: Points,
}

fn main() {}

use nest_core::prelude::*;

#[derive(PepRecord)]
#[pep(max_blocks = 2)]
struct Note {
    score: Score,
    done: bool,
}

fn main() {
    let _ = Note::BLOCKS;
}

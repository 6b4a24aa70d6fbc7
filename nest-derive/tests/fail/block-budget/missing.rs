use nest_core::prelude::*;

#[derive(PepRecord)]
struct Note {
    done: bool,
    answers: [bool; 4],
}

fn main() {}

use nest_core::prelude::*;

type Answers = Vec<bool>;

#[derive(PepRecord)]
#[pep(max_blocks = 11)]
struct Note {
    answers: Answers,
}

fn main() {}

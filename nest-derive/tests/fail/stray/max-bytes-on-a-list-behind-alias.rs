use nest_core::prelude::*;

type Answers = Vec<bool>;

#[derive(PepRecord)]
#[pep(max_blocks = 2)]
struct Note {
    #[pep(max_bytes = 10)]
    answers: Answers,
}

fn main() {}

use nest_core::prelude::*;

type Content = std::collections::HashMap<u8, bool>;

#[derive(PepRecord)]
#[pep(max_blocks = 10)]
struct Note {
    answers: Content,
}

fn main() {}

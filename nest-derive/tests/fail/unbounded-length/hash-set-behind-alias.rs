use nest_core::prelude::*;

type Content = std::collections::HashSet<u8>;

#[derive(PepRecord)]
#[pep(max_blocks = 10)]
struct Note {
    answers: Content,
}

fn main() {}

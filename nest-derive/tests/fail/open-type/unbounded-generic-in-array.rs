use nest_core::prelude::*;

#[derive(PepRecord)]
#[pep(max_blocks = 10)]
struct Note<T> {
    content: [T; 4],
}

fn main() {}

use nest_core::prelude::*;

#[derive(PepRecord)]
#[pep(max_blocks = 10)]
struct Note<T> {
    content: T,
}

fn main() {}

use nest_core::prelude::*;

#[derive(PepRecord)]
#[pep(max_blocks = 10)]
struct Note<T> {
    #[pep(max_len = 4)]
    content: Vec<T>,
}

fn main() {}

use nest_core::prelude::*;

#[derive(PepRecord)]
#[pep(max_blocks = T::BLOCKS)]
struct Note<T: PepRecord> {
    content: Option<T>,
}

fn main() {}

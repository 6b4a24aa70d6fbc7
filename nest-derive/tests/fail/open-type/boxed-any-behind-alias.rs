use nest_core::prelude::*;

type Content = Box<dyn std::any::Any>;

#[derive(PepRecord)]
#[pep(max_blocks = 1)]
struct Note {
    content: Content,
}

fn main() {}

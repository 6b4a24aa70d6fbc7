use nest_core::prelude::*;

type Content = Box<str>;

#[derive(PepRecord)]
#[pep(max_blocks = 10)]
struct Note {
    remark: Content,
}

fn main() {}

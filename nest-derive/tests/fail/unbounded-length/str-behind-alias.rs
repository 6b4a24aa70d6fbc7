use nest_core::prelude::*;

type Content = &'static str;

#[derive(PepRecord)]
#[pep(max_blocks = 10)]
struct Note {
    remark: Content,
}

fn main() {}

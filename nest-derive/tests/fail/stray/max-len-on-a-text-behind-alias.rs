use nest_core::prelude::*;

type Line = String;

#[derive(PepRecord)]
#[pep(max_blocks = 2)]
struct Note {
    #[pep(max_len = 10)]
    remark: Line,
}

fn main() {}

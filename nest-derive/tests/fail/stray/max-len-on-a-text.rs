use nest_core::prelude::*;

#[derive(PepRecord)]
#[pep(max_blocks = 2)]
struct Note {
    #[pep(max_len = 10)]
    remark: String,
}

fn main() {}

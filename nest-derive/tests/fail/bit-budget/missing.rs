use nest_core::prelude::*;

#[derive(PepRecord)]
#[pep(max_blocks = 1)]
struct Note {
    #[pep(max_bytes = 15)]
    remark: String,
}

fn main() {}

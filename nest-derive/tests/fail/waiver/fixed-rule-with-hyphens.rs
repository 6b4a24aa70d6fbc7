use nest_core::prelude::*;

#[derive(PepRecord)]
#[pep(max_blocks = 2)]
struct Note {
    #[pep(allow(unbounded-length, reason = "it is short"))]
    remark: String,
}

fn main() {}

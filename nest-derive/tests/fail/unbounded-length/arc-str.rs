use nest_core::prelude::*;

#[derive(PepRecord)]
#[pep(max_blocks = 10)]
struct Note {
    remark: std::sync::Arc<str>,
}

fn main() {}

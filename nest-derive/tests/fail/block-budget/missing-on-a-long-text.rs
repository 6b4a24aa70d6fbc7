use nest_core::prelude::*;

#[derive(PepRecord)]
struct Note {
    #[pep(max_bytes = 100)]
    remark: String,
}

fn main() {}

use nest_core::prelude::*;

#[derive(PepRecord)]
#[pep(max_blocks = 1)]
struct Note {
    #[pep(maxbytes = 15)]
    remark: String,
}

fn main() {}

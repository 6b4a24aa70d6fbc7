use nest_core::prelude::*;

#[derive(PepRecord)]
#[pep(max_blocks = 1)]
struct Note {
    #[pep(absent = "-")]
    remark: Option<String>,
}

fn main() {}

use nest_core::prelude::*;

#[derive(PepRecord)]
#[pep(max_blocks = 3)]
struct Note {
    #[pep(max_len = 2)]
    remarks: Vec<String>,
}

fn main() {}

use nest_core::prelude::*;

#[derive(PepRecord)]
#[pep(max_blocks = 2, max_bits = 120)]
struct Note {
    #[pep(max_bytes = 15, absent)]
    remark: Option<String>,
}

fn main() {}

use nest_core::prelude::*;

#[derive(PepRecord)]
#[pep(max_bits = 800)]
struct Note {
    #[pep(max_bytes = 100)]
    remark: String,
}

fn main() {}

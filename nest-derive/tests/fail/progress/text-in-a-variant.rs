use nest_core::prelude::*;

#[derive(PepRecord)]
#[pep(max_blocks = 2, max_bits = 200, kind = "progress")]
enum Progress {
    Refused {
        #[pep(max_bytes = 15)]
        why: String,
    },
    NotYet,
}

fn main() {}

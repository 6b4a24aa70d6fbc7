use nest_core::prelude::*;

type Maybe = Option<String>;

#[derive(PepRecord)]
#[pep(max_blocks = 2, max_bits = 120)]
struct Note {
    #[pep(max_bytes = 15)]
    remark: Maybe,
}

fn main() {}

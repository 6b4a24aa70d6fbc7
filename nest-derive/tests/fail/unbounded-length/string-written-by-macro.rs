use nest_core::prelude::*;

macro_rules! text {
    () => {
        String
    };
}

#[derive(PepRecord)]
#[pep(max_blocks = 1)]
struct Note {
    remark: text!(),
}

fn main() {}

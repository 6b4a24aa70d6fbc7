use nest_core::prelude::*;

type Remark = String;

#[derive(PepRecord)]
#[pep(max_blocks = 1)]
struct Note {
    remark: Remark,
}

fn main() {}

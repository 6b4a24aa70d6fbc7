use nest_core::prelude::*;

#[derive(PepRecord)]
#[pep(max_blocks = 10)]
struct Note {
    answers: std::collections::BTreeSet<u8>,
}

fn main() {}

use nest_core::prelude::*;

/// As a crate of that name has it.
struct IndexMap<K, V>(K, V);

#[derive(PepRecord)]
#[pep(max_blocks = 10)]
struct Note {
    answers: IndexMap<u8, bool>,
}

fn main() {}

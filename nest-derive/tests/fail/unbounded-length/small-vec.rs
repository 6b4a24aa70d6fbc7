use nest_core::prelude::*;

/// As a crate of that name has it.
struct SmallVec<A>(A);

#[derive(PepRecord)]
#[pep(max_blocks = 10)]
struct Note {
    answers: SmallVec<[bool; 4]>,
}

fn main() {}

use nest_core::prelude::*;

/// As a crate of that name has it.
struct ArrayVec<T, const N: usize>([T; N]);

#[derive(PepRecord)]
#[pep(max_blocks = 10)]
struct Note {
    answers: ArrayVec<bool, 4>,
}

fn main() {}

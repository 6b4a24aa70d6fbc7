use nest_core::prelude::*;

/// As a crate of that name has it.
struct BytesMut;

#[derive(PepRecord)]
#[pep(max_blocks = 10)]
struct Note {
    content: BytesMut,
}

fn main() {}

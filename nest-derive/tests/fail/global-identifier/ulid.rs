use nest_core::prelude::*;

/// As a crate of that name has it.
struct Ulid([u8; 16]);

#[derive(PepRecord)]
#[pep(max_blocks = 1)]
struct Note {
    pupil: Ulid,
}

fn main() {}

use nest_core::prelude::*;

/// As a crate of that name has it.
struct MacAddr([u8; 16]);

#[derive(PepRecord)]
#[pep(max_blocks = 1)]
struct Note {
    pupil: MacAddr,
}

fn main() {}

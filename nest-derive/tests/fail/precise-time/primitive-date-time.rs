use nest_core::prelude::*;

/// As a crate of that name has it.
struct PrimitiveDateTime(i64);

#[derive(PepRecord)]
#[pep(max_blocks = 1)]
struct Note {
    seen: PrimitiveDateTime,
}

fn main() {}

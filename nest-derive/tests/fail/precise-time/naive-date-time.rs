use nest_core::prelude::*;

/// As a crate of that name has it.
struct NaiveDateTime(i64);

#[derive(PepRecord)]
#[pep(max_blocks = 1)]
struct Note {
    seen: NaiveDateTime,
}

fn main() {}

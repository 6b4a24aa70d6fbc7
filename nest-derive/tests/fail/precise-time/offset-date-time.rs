use nest_core::prelude::*;

/// As a crate of that name has it.
struct OffsetDateTime(i64);

#[derive(PepRecord)]
#[pep(max_blocks = 1)]
struct Note {
    seen: OffsetDateTime,
}

fn main() {}

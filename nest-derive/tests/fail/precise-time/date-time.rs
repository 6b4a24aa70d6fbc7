use nest_core::prelude::*;

/// As a crate of that name has it.
struct DateTime<Zone>(i64, Zone);

struct Utc;

#[derive(PepRecord)]
#[pep(max_blocks = 1)]
struct Note {
    seen: DateTime<Utc>,
}

fn main() {}

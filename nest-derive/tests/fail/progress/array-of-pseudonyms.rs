use nest_core::prelude::*;

#[derive(PepRecord)]
#[pep(max_blocks = 2, kind = "progress")]
struct Note {
    #[pep(pseudonym)]
    pupils: [Pseudonym; 2],
}

fn main() {}

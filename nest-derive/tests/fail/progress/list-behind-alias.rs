use nest_core::prelude::*;

type Steps = Vec<bool>;

#[derive(PepRecord)]
#[pep(kind = "progress", max_blocks = 5, max_bits = 200)]
struct Note {
    #[pep(max_len = 4)]
    steps: Steps,
}

fn main() {}

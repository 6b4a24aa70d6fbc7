use nest_core::prelude::*;

#[derive(PepRecord)]
#[pep(max_blocks = 3)]
enum Outcome {
    Done { score: u8 },
    Estimated { score: u8 },
    Refused { by_parent: bool },
}

fn main() {
    // The variant, `score` once, and `by_parent`.
    assert_eq!(Outcome::BLOCKS, 3);
    assert_eq!(Outcome::SCHEMA.variants[1].fields, ["score"]);
}

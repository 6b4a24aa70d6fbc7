use nest_core::prelude::*;

const MARGIN: f64 = 2.5;

#[derive(PepRecord)]
#[pep(max_blocks = 2)]
struct Note {
    #[pep(range = -MARGIN..=10)]
    shift: i8,
}

fn main() {}

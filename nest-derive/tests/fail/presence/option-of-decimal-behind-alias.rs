use nest_core::prelude::*;

type Maybe = Option<f32>;

#[derive(PepRecord)]
#[pep(max_blocks = 2)]
struct Note {
    #[pep(decimals = 1, range = 0.0..=43.5)]
    celsius: Maybe,
}

fn main() {}

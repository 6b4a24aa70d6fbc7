use nest_core::prelude::*;

#[derive(PepRecord)]
#[pep(max_blocks = 2)]
struct Note {
    #[pep(decimals = 1, range = "0.0"..="99.9")]
    weight: f32,
}

fn main() {}

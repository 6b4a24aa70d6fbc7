use nest_core::prelude::*;

#[derive(PepRecord)]
#[pep(max_blocks = 1)]
struct Note {
    #[pep(decimals = 0, range = 1_577_836_800.0..=2_051_222_400.0)]
    seen: f64,
}

fn main() {}

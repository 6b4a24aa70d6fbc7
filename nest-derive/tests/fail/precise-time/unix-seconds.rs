use nest_core::prelude::*;

#[derive(PepRecord)]
#[pep(max_blocks = 1)]
struct Note {
    #[pep(range = 1_577_836_800..=2_051_222_400)]
    seen: u32,
}

fn main() {}

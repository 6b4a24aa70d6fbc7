use nest_core::prelude::*;

#[derive(PepRecord)]
#[pep(max_blocks = 1)]
struct Note {
    #[pep(range = 1_577_836_800_000..=2_051_222_400_000)]
    seen: u64,
}

fn main() {}

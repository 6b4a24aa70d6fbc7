use nest_core::prelude::*;

#[derive(PepRecord)]
#[pep(max_blocks = 1)]
struct Note {
    #[pep(range = 0..=0xFFFF_FFFF_FFFF)]
    device: u64,
}

fn main() {}

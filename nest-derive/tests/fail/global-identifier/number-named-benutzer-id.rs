use nest_core::prelude::*;

#[derive(PepRecord)]
#[pep(max_blocks = 2)]
struct Note {
    #[pep(range = 0..=999_999)]
    benutzer_id: u32,
}

fn main() {}

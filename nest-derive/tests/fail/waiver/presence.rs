use nest_core::prelude::*;

#[derive(PepRecord)]
#[pep(max_blocks = 1)]
struct Note {
    #[pep(range = 0..=999_999, allow(presence, reason = "drawn anew for this study"))]
    study_id: u32,
}

fn main() {}

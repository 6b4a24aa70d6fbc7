use nest_core::prelude::*;
use nest_core::{FieldRef, Number, field};

#[derive(PepRecord)]
#[pep(max_blocks = 2, max_bits = 130)]
struct Score {
    points: u8,
    #[pep(max_bytes = 15)]
    remark: String,
}

const POINTS: FieldRef<Score, Number> = field!(Score.point);

fn main() {
    let _ = POINTS;
}

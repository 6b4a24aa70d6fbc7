use nest_core::prelude::*;

#[derive(PepRecord)]
#[pep(max_blocks = 2)]
struct Note {
    #[pep(rename = "student_id", range = 0..=99_999_999)]
    time: u32,
}

fn main() {}

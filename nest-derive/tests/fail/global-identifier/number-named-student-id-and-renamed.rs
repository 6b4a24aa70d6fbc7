use nest_core::prelude::*;

#[derive(PepRecord)]
#[pep(max_blocks = 2)]
struct Note {
    #[pep(rename = "count", range = 0..=99_999_999)]
    student_id: u32,
}

fn main() {}

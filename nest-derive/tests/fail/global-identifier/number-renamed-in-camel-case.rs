use nest_core::prelude::*;

#[derive(PepRecord)]
#[pep(max_blocks = 1)]
struct Note {
    #[pep(range = 0..=999_999, rename = "studentId")]
    student: u32,
}

fn main() {}

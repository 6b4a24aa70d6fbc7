use nest_core::prelude::*;

#[derive(PepRecord)]
#[pep(max_blocks = 13, max_bits = 813)]
struct Note {
    done: bool,
    #[pep(max_bytes = 100)]
    remark: String,
    answers: [bool; 4],
    score: u8,
}

fn main() {
    assert_eq!(Note::BLOCKS, 13);
    assert_eq!(Note::SCHEMA.max_blocks, 13);
}

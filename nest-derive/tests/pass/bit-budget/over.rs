use nest_core::prelude::*;

#[derive(PepRecord)]
#[pep(max_blocks = 5, max_bits = 26)]
struct Note {
    #[pep(pseudonym)]
    pupil: Pseudonym,
    done: bool,
    score: u8,
    #[pep(range = 0..=1000)]
    points: u16,
    #[pep(decimals = 1, range = 35.0..=43.0)]
    celsius: f32,
}

fn main() {
    assert_eq!(Note::BITS, 1 + 8 + 10 + 7);
    assert_eq!(Note::SCHEMA.max_bits(), Some(26));
}

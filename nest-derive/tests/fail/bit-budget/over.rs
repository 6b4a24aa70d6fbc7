use nest_core::prelude::*;

#[derive(PepRecord)]
#[pep(max_blocks = 5, max_bits = 20)]
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

fn main() {}

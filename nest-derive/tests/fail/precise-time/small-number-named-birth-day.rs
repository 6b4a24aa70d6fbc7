use nest_core::prelude::*;

#[derive(PepRecord)]
#[pep(max_blocks = 2)]
struct Note {
    #[pep(range = 1..=366)]
    birth_day: u16,
}

fn main() {}

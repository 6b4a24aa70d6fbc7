//! A type of one's own may be called as a precise time of another crate is.

use nest_core::prelude::*;

#[derive(PepEnum)]
#[allow(dead_code)]
enum DateTime {
    Morning,
    Afternoon,
}

#[derive(PepRecord)]
#[pep(max_blocks = 1)]
struct Note {
    part_of_the_day: DateTime,
}

fn main() {
    assert!(Note { part_of_the_day: DateTime::Morning }.to_pep().is_ok());
}

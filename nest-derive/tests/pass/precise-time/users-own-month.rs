//! A type of one's own may be called as a coarse time is: it is judged by what it is.

use nest_core::prelude::*;

#[derive(PepEnum)]
#[allow(dead_code)]
enum Month {
    January,
    Later,
}

#[derive(PepRecord)]
#[pep(max_blocks = 3)]
struct Note {
    month: Month,
    #[pep(absent)]
    left: Option<Month>,
    /// What the messages suggest.
    #[pep(range = "2020-01"..="2035-12")]
    seen: nest_core::time::Month,
}

fn main() {
    let note = Note { month: Month::January, left: None, seen: "2024-05".parse().unwrap() };
    assert!(note.to_pep().is_ok());
}

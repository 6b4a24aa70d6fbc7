//! A record that is only read from JSON is checked as well, before anything is allocated for it.

use nest_core::prelude::*;
use nest_core::Sealed;

#[derive(PepRecord)]
#[pep(max_blocks = 2)]
struct Note<const N: usize> {
    #[pep(max_len = N)]
    marks: Vec<bool>,
}

fn main() {
    let _ = serde_json::from_str::<Sealed<Note<{ usize::MAX }>>>("{}");
}

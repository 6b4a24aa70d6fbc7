use nest_core::prelude::*;
use nest_core::time::Month;

#[derive(PepRecord)]
#[pep(max_blocks = 1)]
struct Note {
    #[pep(range = "2020-01"..="2035-12")]
    enrolled: Option<Month>,
}

fn main() {}

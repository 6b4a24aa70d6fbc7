use nest_core::prelude::*;

#[derive(PepRecord)]
#[pep(max_blocks = 8, max_bits = 400)]
struct Note {
    #[pep(max_bytes = 15, uses(link), canon = "nfc,trim,nfc")]
    word: String,
}

fn main() {}

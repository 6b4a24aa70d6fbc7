use nest_core::prelude::*;

#[derive(Debug, PartialEq, PepRecord)]
#[pep(max_blocks = 16, max_bits = 64)]
struct Note {
    #[pep(range = 0..=10)]
    marks: [u8; 16],
}

fn main() {
    let note = Note { marks: [10; 16] };
    assert_eq!(Note::from_pep(&note.to_pep().unwrap()).unwrap(), note);
    assert_eq!(Note::BITS, 16 * 4);
}

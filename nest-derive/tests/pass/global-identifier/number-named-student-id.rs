use nest_core::prelude::*;

#[derive(Debug, PartialEq, PepRecord)]
#[pep(max_blocks = 1)]
struct Note {
    /// The place in the class register, 1 to 40.
    #[pep(range = 1..=40)]
    student_id: u32,
}

fn main() {
    assert_eq!(Note::BITS, 6);
    assert!(Note { student_id: 41 }.to_pep().is_err());
    assert!(Note { student_id: 40 }.to_pep().is_ok());
}

use nest_core::prelude::*;

const MOST: u32 = 1000;

#[derive(Debug, PartialEq, PepRecord)]
#[pep(max_blocks = 4, max_bits = 92)]
struct Note {
    #[pep(range = 0..=MOST)]
    visits: u32,
    #[pep(range = -5_000_000_000..=5_000_000_000)]
    balance: i64,
    #[pep(range = 1..=u32::MAX)]
    steps: u32,
    small: i16,
}

fn main() {
    let note = Note { visits: 1000, balance: -5_000_000_000, steps: 1, small: i16::MIN };
    assert_eq!(Note::from_pep(&note.to_pep().unwrap()).unwrap(), note);
    assert!(Note { visits: 1001, ..note }.to_pep().is_err());
}
